package dev.gatun.graph;

import java.util.List;
import java.util.function.UnaryOperator;

/** The passes from a graph as built to one that runs well, in order. */
public final class Passes {
    /** The residual is fused before ReLU, for in a ResNet the ReLU follows the addition. */
    private static final List<UnaryOperator<Graph>> FUSION = List.of(
            new LowerZeroPadShortcut(), new FoldBatchNorm(), new LowerBatchNorm(), new FuseResidual(), new FuseRelu());

    private Passes() {}

    /** Folds batch normalisation and fuses bias, ReLU and residual additions into convolutions. */
    public static Graph fuse(Graph graph) {
        for (UnaryOperator<Graph> pass : FUSION) {
            graph = pass.apply(graph);
        }
        return graph;
    }
}
