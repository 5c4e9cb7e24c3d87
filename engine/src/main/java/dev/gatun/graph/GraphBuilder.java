package dev.gatun.graph;

import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.StageSpec;
import dev.gatun.spec.StemSpec;
import dev.gatun.spec.StridePlacement;
import java.util.ArrayList;
import java.util.List;

/** Makes a spec's graph: every operation by itself, named as torchvision names its modules. */
public final class GraphBuilder {
    /** Name of the node that holds the images. */
    public static final String INPUT = "input";

    /** Name of the node that puts out the logits. */
    public static final String LOGITS = "fc";

    private final ResNetSpec spec;
    private final List<Node> nodes = new ArrayList<>();

    private GraphBuilder(ResNetSpec spec) {
        this.spec = spec;
    }

    /** The graph of {@code spec} from images to logits. */
    public static Graph build(ResNetSpec spec) {
        return new GraphBuilder(spec).network();
    }

    private Graph network() {
        add(new Node.Input(INPUT, spec.input().channels()));
        String value = stem(INPUT);
        int channels = spec.stem().width();
        for (int s = 0; s < spec.stages().size(); s++) {
            StageSpec stage = spec.stages().get(s);
            for (int b = 0; b < stage.blocks(); b++) {
                value = block("layer" + (s + 1) + "." + b, value, channels, stage, b == 0 ? stage.stride() : 1);
                channels = spec.block().outputWidth(stage.width());
            }
        }
        value = add(new Node.GlobalAveragePool("avgpool", value));
        add(new Node.InnerProduct(LOGITS, value, channels, spec.head().classes()));
        return new Graph(nodes, List.of(LOGITS));
    }

    private String stem(String src) {
        StemSpec stem = spec.stem();
        Window window = Window.same(stem.kernel(), stem.stride());
        String value = convNorm("conv1", "bn1", src, spec.input().channels(), stem.width(), 1, window);
        value = add(new Node.Relu("relu", value));
        return stem.maxPool() ? add(new Node.MaxPool("maxpool", value, Window.square(3, 2, 1))) : value;
    }

    private String block(String prefix, String src, int ic, StageSpec stage, int stride) {
        BlockSpec block = spec.block();
        int oc = block.outputWidth(stage.width());
        // The shortcut comes first: the last convolution of the branch can then add itself to it in place.
        String shortcut = shortcut(prefix, src, ic, oc, stride);
        String branch = block.kind() == BlockKind.BASIC
                ? basic(prefix, src, ic, oc, stride)
                : bottleneck(prefix, src, ic, block.innerWidth(stage.width()), oc, stride);
        if (block.shortcut() != Shortcut.NONE) {
            branch = add(new Node.Add(prefix + ".add", branch, shortcut));
        }
        return add(new Node.Relu(prefix + ".relu", branch));
    }

    private String basic(String prefix, String src, int ic, int oc, int stride) {
        String value = convNorm(prefix, 1, src, ic, oc, 1, Window.same(3, stride));
        value = add(new Node.Relu(prefix + ".relu1", value));
        return convNorm(prefix, 2, value, oc, oc, 1, Window.same(3, 1));
    }

    private String bottleneck(String prefix, String src, int ic, int inner, int oc, int stride) {
        boolean first = spec.block().stridePlacement() == StridePlacement.FIRST_1X1;
        String value = convNorm(prefix, 1, src, ic, inner, 1, Window.same(1, first ? stride : 1));
        value = add(new Node.Relu(prefix + ".relu1", value));
        int groups = spec.block().groups();
        value = convNorm(prefix, 2, value, inner, inner, groups, Window.same(3, first ? 1 : stride));
        value = add(new Node.Relu(prefix + ".relu2", value));
        return convNorm(prefix, 3, value, inner, oc, 1, Window.same(1, 1));
    }

    private String shortcut(String prefix, String src, int ic, int oc, int stride) {
        boolean changes = ic != oc || stride != 1;
        return switch (spec.block().shortcut()) {
            case NONE -> src;
            case ZERO_PAD ->
                changes
                        ? add(new Node.ZeroPadShortcut(prefix + ".downsample", src, ic, oc, stride, (oc - ic) / 2))
                        : src;
            case PROJECTION -> changes ? projection(prefix, src, ic, oc, stride) : src;
            case ALL_PROJECTION -> projection(prefix, src, ic, oc, stride);
        };
    }

    private String projection(String prefix, String src, int ic, int oc, int stride) {
        String name = prefix + ".downsample";
        return convNorm(name + ".0", name + ".1", src, ic, oc, 1, Window.same(1, stride));
    }

    private String convNorm(String prefix, int index, String src, int ic, int oc, int groups, Window window) {
        return convNorm(prefix + ".conv" + index, prefix + ".bn" + index, src, ic, oc, groups, window);
    }

    private String convNorm(String conv, String norm, String src, int ic, int oc, int groups, Window window) {
        String value = add(Node.Conv.stored(conv, src, ic, oc, groups, window));
        return add(new Node.BatchNorm(norm, value, oc, spec.batchNormEpsilon()));
    }

    private String add(Node node) {
        nodes.add(node);
        return node.name();
    }
}
