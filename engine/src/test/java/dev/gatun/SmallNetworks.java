package dev.gatun;

import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.Activation;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.ConvBias;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Padding;
import dev.gatun.spec.Projection;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.StageSpec;
import dev.gatun.spec.StemPool;
import dev.gatun.spec.StemSpec;
import dev.gatun.spec.StridePlacement;
import dev.gatun.spec.StridedBlock;
import dev.gatun.spec.Variants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Networks small enough for {@link dev.gatun.graph.NaiveGraph} that together have everything a graph can have. */
public final class SmallNetworks {
    private SmallNetworks() {}

    /** The networks by name, unfused; all take images of 3 channels, and sides of 16 and more. */
    public static Map<String, Graph> all() {
        SequencedMap<String, Graph> networks = new LinkedHashMap<>();
        networks.put("resnet20-cifar10", GraphBuilder.build(Variants.named("resnet20-cifar10")));
        for (BlockKind kind : BlockKind.values()) {
            for (StridePlacement placement : StridePlacement.values()) {
                for (Shortcut shortcut : Shortcut.values()) {
                    BlockSpec block = BlockSpec.dense(kind, shortcut).withStridePlacement(placement);
                    networks.put(kind + " " + placement + " " + shortcut, GraphBuilder.build(spec(block)));
                }
            }
        }
        BlockSpec bottleneck = BlockSpec.dense(BlockKind.BOTTLENECK, Shortcut.PROJECTION);
        BlockSpec grouped = bottleneck.withGroups(4, 32);
        networks.put("grouped", GraphBuilder.build(spec(grouped)));
        networks.put("softmax", GraphBuilder.build(spec(grouped)).withSoftmax());
        for (BlockKind kind : BlockKind.values()) {
            BlockSpec block = BlockSpec.dense(kind, Shortcut.PROJECTION);
            ResNetSpec pooled = spec(block.withProjection(Projection.POOLED));
            networks.put(kind + " pooled", GraphBuilder.build(pooled));
            networks.put(kind + " pooled, dilated", GraphBuilder.build(pooled.withOutputStride(2)));
            networks.put(kind + " dilated", GraphBuilder.build(spec(block).withOutputStride(2)));
            networks.put(
                    kind + " padded as SAME, biased",
                    GraphBuilder.build(new ResNetSpec(
                            "same",
                            new InputSpec(3, 32, 4, InputScaling.UNIT),
                            new StemSpec(List.of(4, 6), 3, 2, true, StemPool.NONE),
                            block.withPadding(Padding.SAME).withProjection(Projection.BARE),
                            stages(kind),
                            new HeadSpec.Classes(7, Activation.SIGMOID),
                            ConvBias.ALL,
                            1e-3)));
            networks.put(kind + " pyramid", GraphBuilder.build(preactivation(kind, Features.PYRAMID)));
        }
        networks.put("mean", GraphBuilder.build(preactivation(BlockKind.BOTTLENECK, Features.AVERAGE)));
        networks.put("maximum", GraphBuilder.build(preactivation(BlockKind.BOTTLENECK, Features.MAXIMUM)));
        networks.put("last map", GraphBuilder.build(preactivation(BlockKind.BOTTLENECK, Features.LAST_MAP)));
        networks.put("windows", windows());
        networks.put("preactivation", preactivation());
        return networks;
    }

    /** A side of images that the network of this name takes, at least {@code side}: SAME padding is only for multiples of the stride. */
    public static int side(String name, int side) {
        return name.contains("SAME") ? Math.ceilDiv(side, 4) * 4 : side;
    }

    /** Two stages of two blocks with this block, behind a stem with max pooling. */
    public static ResNetSpec spec(BlockSpec block) {
        return new ResNetSpec(
                "small",
                InputSpec.CIFAR,
                new StemSpec(8, 5, 1, StemPool.MAX),
                block,
                stages(block.kind()),
                HeadSpec.logits(7),
                ConvBias.NONE,
                1e-3);
    }

    private static List<StageSpec> stages(BlockKind kind) {
        return List.of(StageSpec.of(kind, 2, 8, 1), StageSpec.of(kind, 2, 16, 2));
    }

    /** As Keras Applications' V2, in small. */
    private static ResNetSpec preactivation(BlockKind kind, Features features) {
        return new ResNetSpec(
                "small v2",
                InputSpec.CIFAR,
                new StemSpec(List.of(8), 5, 1, false, StemPool.ZERO_PADDED_MAX),
                BlockSpec.dense(kind, Shortcut.PROJECTION_OR_SUBSAMPLING)
                        .withPreactivation()
                        .withProjection(Projection.PREACTIVATED),
                List.of(
                        StageSpec.of(kind, 2, 8, 2).withStrided(StridedBlock.LAST),
                        StageSpec.of(kind, 2, 16, 2).withStrided(StridedBlock.LAST),
                        StageSpec.of(kind, 1, 32, 1).withStrided(StridedBlock.LAST)),
                new HeadSpec.Backbone(features),
                ConvBias.UNNORMALIZED,
                1.001e-5);
    }

    /** Windows, biases and readers that no spec asks for, and two outputs. */
    private static Graph windows() {
        Window lopsided = new Window(2, 3, 1, 2, 0, 2, 1, 0, 1);
        Window dilated = new Window(3, 2, 2, 1, 3, 1, 1, 2, 2);
        return new Graph(
                List.of(
                        new Node.Input("input", 3),
                        new Node.Conv(
                                "a",
                                "input",
                                3,
                                6,
                                3,
                                lopsided,
                                new Kernel.Stored("a.weight"),
                                "a.bias",
                                null,
                                Epilogue.NONE),
                        new Node.BatchNorm("a_bn", "a", 6, 0.1),
                        new Node.MaxPool("pool", "a_bn", new Window(3, 2, 2, 1, 1, 0, 0, 1, 1)),
                        Node.Conv.stored("b", "pool", 6, 4, 2, dilated),
                        new Node.Relu("b_relu", "b"),
                        Node.Conv.stored("c", "b_relu", 4, 4, 1, Window.same(1, 1)),
                        new Node.Add("twice", "c", "c"),
                        new Node.Add("sum", "twice", "b"),
                        new Node.BatchNorm("sum_bn", "sum", 4, 1e-5),
                        new Node.ZeroPadShortcut("pad", "sum_bn", 4, 9, 3, 1),
                        new Node.GlobalAveragePool("avgpool", "pad"),
                        new Node.InnerProduct("fc", "avgpool", 9, 5)),
                List.of("fc", "sum_bn"));
    }

    /** Batch normalisation and ReLU ahead of convolutions, all poolings, and values that both leave the network and are read in it. */
    private static Graph preactivation() {
        Window odd = new Window(3, 2, 2, 1, 0, 1, 1, 0, 1);
        return new Graph(
                List.of(
                        new Node.Input("input", 3),
                        new Node.BatchNorm("input_bn", "input", 3, 1e-3),
                        Node.Conv.stored("a", "input_bn", 3, 8, 1, Window.same(3, 1)),
                        new Node.BatchNorm("b_bn", "a", 8, 1e-3),
                        new Node.Relu("b_relu", "b_bn"),
                        Node.Conv.stored("b", "b_relu", 8, 8, 1, Window.same(3, 1)),
                        new Node.Add("sum", "a", "b"),
                        new Node.BatchNorm("c_bn", "sum", 8, 1e-3),
                        new Node.Relu("c_relu", "c_bn"),
                        new Node.AveragePool("mean", "c_relu", odd, true),
                        new Node.AveragePool("inner_mean", "mean", odd, false),
                        Node.Conv.stored("c", "inner_mean", 8, 8, 1, Window.same(3, 1)),
                        new Node.Add("next", "inner_mean", "c"),
                        new Node.GlobalMaxPool("maxpool", "next"),
                        new Node.InnerProduct("fc", "maxpool", 8, 5),
                        new Node.Softmax("probabilities", "fc")),
                List.of("sum", "inner_mean", "next", "maxpool", "fc", "probabilities"));
    }
}
