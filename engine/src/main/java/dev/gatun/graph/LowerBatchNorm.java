package dev.gatun.graph;

import java.util.function.UnaryOperator;

/**
 * Makes each batch normalisation that no convolution could take, as in pre-activation networks, a depthwise 1x1 convolution, so that it
 * runs in the layout and type of its neighbours and takes the ReLU that follows.
 */
final class LowerBatchNorm implements UnaryOperator<Graph> {
    @Override
    public Graph apply(Graph graph) {
        return new Graph(graph.nodes().stream().map(LowerBatchNorm::lower).toList(), graph.outputs());
    }

    private static Node lower(Node node) {
        return node instanceof Node.BatchNorm norm
                ? new Node.Conv(
                        norm.name(),
                        norm.src(),
                        norm.channels(),
                        norm.channels(),
                        norm.channels(),
                        Window.same(1, 1),
                        new Kernel.Ones(),
                        null,
                        norm,
                        Epilogue.NONE)
                : node;
    }
}
