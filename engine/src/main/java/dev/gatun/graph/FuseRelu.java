package dev.gatun.graph;

import java.util.function.UnaryOperator;

/** Makes each ReLU the end of the convolution that it alone reads. */
final class FuseRelu implements UnaryOperator<Graph> {
    @Override
    public Graph apply(Graph graph) {
        Rewrite rewrite = new Rewrite(graph);
        for (Node original : graph.nodes()) {
            Node node = rewrite.current(original);
            if (node instanceof Node.Relu relu) {
                Node.Conv conv = rewrite.fusible(relu.src());
                if (conv != null) {
                    rewrite.fuse(conv.withEpilogue(conv.epilogue().thenRelu()), original);
                    continue;
                }
            }
            rewrite.keep(node);
        }
        return rewrite.result();
    }
}
