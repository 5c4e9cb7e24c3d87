package dev.gatun.graph;

import java.util.function.UnaryOperator;

/** Makes each addition the epilogue of the later of its two operands, where that is a convolution which nothing else reads. */
final class FuseResidual implements UnaryOperator<Graph> {
    @Override
    public Graph apply(Graph graph) {
        Rewrite rewrite = new Rewrite(graph);
        for (Node original : graph.nodes()) {
            Node node = rewrite.current(original);
            if (node instanceof Node.Add add) {
                boolean lhsLater = rewrite.position(add.lhs()) > rewrite.position(add.rhs());
                Node.Conv conv = rewrite.fusible(lhsLater ? add.lhs() : add.rhs());
                if (conv != null && conv.epilogue().residual() == null) {
                    String residual = lhsLater ? add.rhs() : add.lhs();
                    rewrite.fuse(conv.withEpilogue(conv.epilogue().plus(residual)), original);
                    continue;
                }
            }
            rewrite.keep(node);
        }
        return rewrite.result();
    }
}
