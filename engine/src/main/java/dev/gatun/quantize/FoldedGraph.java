package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;

/** A fused graph whose convolutions have stored weights and biases of their own name, with nothing left to fold; embeddings stay what they are. */
final class FoldedGraph {
    private FoldedGraph() {}

    static Graph of(Graph fused) {
        return new Graph(fused.nodes().stream().map(FoldedGraph::folded).toList(), fused.outputs());
    }

    private static Node folded(Node node) {
        return node instanceof Node.Conv conv && Topology.hasWeights(conv)
                ? new Node.Conv(
                        conv.name(),
                        conv.src(),
                        conv.ic(),
                        conv.oc(),
                        conv.groups(),
                        conv.window(),
                        new Kernel.Stored(conv.name() + ".weight"),
                        conv.name() + ".bias",
                        null,
                        conv.epilogue())
                : node;
    }
}
