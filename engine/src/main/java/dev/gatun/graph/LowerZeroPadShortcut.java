package dev.gatun.graph;

import java.util.function.UnaryOperator;

/**
 * Makes each option-A shortcut a strided 1x1 convolution with zeros and ones for weights, so that it runs in the layout and type of
 * its neighbours on the same kernels as they.
 */
final class LowerZeroPadShortcut implements UnaryOperator<Graph> {
    @Override
    public Graph apply(Graph graph) {
        return new Graph(graph.nodes().stream().map(LowerZeroPadShortcut::lower).toList(), graph.outputs());
    }

    private static Node lower(Node node) {
        return node instanceof Node.ZeroPadShortcut pad
                ? new Node.Conv(
                        pad.name(),
                        pad.src(),
                        pad.ic(),
                        pad.oc(),
                        1,
                        Window.same(1, pad.stride()),
                        new Kernel.ChannelEmbedding(pad.front()),
                        null,
                        null,
                        Epilogue.NONE)
                : node;
    }
}
