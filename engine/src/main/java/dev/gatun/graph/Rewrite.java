package dev.gatun.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph being rewritten by one pass over its nodes in order: what has been kept so far, and which names stand for which. */
final class Rewrite {
    private final Graph graph;
    private final Map<String, Integer> uses;
    private final List<Node> kept = new ArrayList<>();
    private final Map<String, Integer> position = new HashMap<>();
    private final Map<String, String> renamed = new HashMap<>();

    Rewrite(Graph graph) {
        this.graph = graph;
        this.uses = graph.uses();
    }

    /** The node with its sources as they are named by now. */
    Node current(Node node) {
        return node.withSources(this::name);
    }

    /** Where in the order the kept node of this name stands. */
    int position(String name) {
        return position.getOrDefault(name, -1);
    }

    /** The kept convolution of this name if nothing but one node reads it and no ReLU ends it, else null. */
    Node.@org.jspecify.annotations.Nullable Conv fusible(String name) {
        int at = position(name);
        if (at >= 0
                && kept.get(at) instanceof Node.Conv conv
                && uses.getOrDefault(name, 0) == 1
                && !conv.epilogue().relu()) {
            return conv;
        }
        return null;
    }

    void keep(Node node) {
        position.put(node.name(), kept.size());
        kept.add(node);
    }

    /** Replaces the kept {@code conv} by {@code fused}, which also stands for {@code absorbed} and its readers. */
    void fuse(Node.Conv fused, Node absorbed) {
        kept.set(position(fused.name()), fused);
        renamed.put(absorbed.name(), fused.name());
        uses.put(fused.name(), uses.getOrDefault(absorbed.name(), 0));
    }

    Graph result() {
        return new Graph(kept, graph.outputs().stream().map(this::name).toList());
    }

    private String name(String name) {
        return renamed.getOrDefault(name, name);
    }
}
