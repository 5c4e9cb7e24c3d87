package dev.gatun.graph;

import dev.gatun.spec.Activation;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.StageSpec;
import dev.gatun.spec.StemPool;
import dev.gatun.spec.StemSpec;
import dev.gatun.spec.StridedBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a spec's graph: every operation by itself, named as torchvision names its modules. In pre-activation blocks, which torchvision has
 * not, {@code bn1} stands before {@code conv1}; the normalisation behind the last stage is {@code norm}.
 */
public final class GraphBuilder {
    /** Name of the node that holds the images. */
    public static final String INPUT = "input";

    /** Name of the node that puts out the logits. */
    public static final String LOGITS = "fc";

    private final ResNetSpec spec;
    private final Layers layers;
    private final List<String> pyramid = new ArrayList<>();

    private GraphBuilder(ResNetSpec spec) {
        this.spec = spec;
        this.layers = new Layers(spec.bias(), spec.batchNormEpsilon());
    }

    /** The graph of {@code spec} from images to what its head puts out. */
    public static Graph build(ResNetSpec spec) {
        return new GraphBuilder(spec).network();
    }

    private Graph network() {
        String value = stages(stem(layers.add(new Node.Input(INPUT, spec.input().channels()))));
        if (spec.block().preactivation()) {
            value = layers.normRelu("norm", "norm_relu", value, spec.features());
        }
        pyramid.set(pyramid.size() - 1, value);
        List<String> outputs = switch (spec.head()) {
            case HeadSpec.Classes(int classes, Activation activation) -> List.of(classes(value, classes, activation));
            case HeadSpec.Backbone(Features kind) -> features(value, kind);
        };
        return new Graph(layers.nodes(), outputs);
    }

    private String stem(String src) {
        StemSpec stem = spec.stem();
        int last = stem.widths().size() - 1;
        int ic = spec.input().channels();
        String value = src;
        for (int i = 0; i <= last; i++) {
            int oc = stem.widths().get(i);
            boolean activated = i < last || stem.activated();
            // A deep stem is a torch.nn.Sequential of convolution, normalisation and ReLU, whose last normalisation
            // stands outside.
            String conv = last == 0 ? "conv1" : "conv1." + 3 * i;
            String norm = i == last ? "bn1" : "conv1." + (3 * i + 1);
            String relu = i == last ? "relu" : "conv1." + (3 * i + 2);
            value = layers.conv(
                    conv, value, ic, oc, 1, Window.same(stem.kernel(), i == 0 ? stem.stride() : 1), activated);
            value = activated ? layers.normRelu(norm, relu, value, oc) : value;
            ic = oc;
        }
        return stem.pool() == StemPool.NONE ? value : pool(value, stem);
    }

    private String pool(String src, StemSpec stem) {
        boolean zeros = stem.pool() == StemPool.ZERO_PADDED_MAX;
        String padded = zeros ? layers.add(Node.Conv.zeroPad("maxpool/pad", src, stem.width(), 1)) : src;
        return layers.add(new Node.MaxPool("maxpool", padded, Window.square(3, 2, zeros ? 0 : 1)));
    }

    private String stages(String src) {
        BlockBuilder blocks = new BlockBuilder(spec.block(), layers);
        String value = src;
        int channels = spec.stem().width();
        int dilation = 1;
        for (int s = 0; s < spec.stages().size(); s++) {
            StageSpec stage = spec.stages().get(s);
            for (int b = 0; b < stage.blocks(); b++) {
                String before = value;
                boolean strides = stage.strides(b);
                int next = strides && stage.dilated() ? dilation * stage.stride() : dilation;
                boolean activated = s == 0 && b == 0 && spec.stem().activated();
                value = blocks.add(new BlockBuilder.Place(
                        "layer" + (s + 1) + "." + b,
                        value,
                        activated,
                        channels,
                        stage.outputWidth(),
                        spec.block().innerWidth(stage.width()),
                        strides ? stage.reduction() : 1,
                        dilation,
                        next));
                dilation = next;
                channels = stage.outputWidth();
                if (b + 1 == stage.blocks()) {
                    pyramid.add(stage.strided() == StridedBlock.LAST && stage.stride() > 1 ? before : value);
                }
            }
        }
        return value;
    }

    private String classes(String src, int classes, Activation activation) {
        String pooled = layers.add(new Node.GlobalAveragePool("avgpool", src));
        String logits = layers.add(new Node.InnerProduct(LOGITS, pooled, spec.features(), classes));
        return switch (activation) {
            case NONE -> logits;
            case SOFTMAX -> layers.add(new Node.Softmax("softmax", logits));
            case SIGMOID -> layers.add(new Node.Sigmoid("sigmoid", logits));
        };
    }

    private List<String> features(String src, Features kind) {
        return switch (kind) {
            case LAST_MAP -> List.of(src);
            case AVERAGE -> List.of(layers.add(new Node.GlobalAveragePool("avgpool", src)));
            case MAXIMUM -> List.of(layers.add(new Node.GlobalMaxPool("maxpool_global", src)));
            case PYRAMID -> pyramid;
        };
    }
}
