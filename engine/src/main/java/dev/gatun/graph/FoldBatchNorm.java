package dev.gatun.graph;

import java.util.function.UnaryOperator;

/** Folds each batch normalisation into the convolution that it alone reads. */
final class FoldBatchNorm implements UnaryOperator<Graph> {
    @Override
    public Graph apply(Graph graph) {
        Rewrite rewrite = new Rewrite(graph);
        for (Node original : graph.nodes()) {
            Node node = rewrite.current(original);
            if (node instanceof Node.BatchNorm norm) {
                Node.Conv conv = rewrite.fusible(norm.src());
                if (conv != null && conv.norm() == null && conv.epilogue().residual() == null) {
                    rewrite.fuse(conv.withNorm(norm), original);
                    continue;
                }
            }
            rewrite.keep(node);
        }
        return rewrite.result();
    }
}
