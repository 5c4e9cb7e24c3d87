package dev.gatun;

import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.StageSpec;
import dev.gatun.spec.StemSpec;
import dev.gatun.spec.StridePlacement;
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
        BlockSpec grouped = new BlockSpec(BlockKind.BOTTLENECK, StridePlacement.MIDDLE_3X3, Shortcut.PROJECTION, 4, 32);
        networks.put("grouped", GraphBuilder.build(spec(grouped)));
        networks.put("softmax", GraphBuilder.build(spec(grouped)).withSoftmax());
        networks.put("windows", windows());
        networks.put("preactivation", preactivation());
        return networks;
    }

    /** Two stages of two blocks with this block, behind a stem with max pooling. */
    public static ResNetSpec spec(BlockSpec block) {
        return new ResNetSpec(
                "small",
                InputSpec.CIFAR,
                new StemSpec(8, 5, 1, true),
                block,
                List.of(new StageSpec(2, 8, 1), new StageSpec(2, 16, 2)),
                new HeadSpec(7),
                1e-3);
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
