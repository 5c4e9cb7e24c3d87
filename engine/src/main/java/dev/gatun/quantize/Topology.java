package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.PairLimit;
import dev.gatun.plan.Quantization;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which nodes of a fused graph can compute in int8, and which of its values have to be int8 for them. Immutable. */
final class Topology {
    private final Graph graph;
    private final SequencedMap<String, Node> layers = new LinkedHashMap<>();
    private final Set<String> stems = new LinkedHashSet<>();
    private final Set<String> nonNegative;
    private final Map<String, List<Node>> readers = new LinkedHashMap<>();

    Topology(Graph graph) {
        this.graph = graph;
        this.nonNegative = Quantization.nonNegative(graph);
        for (Node node : graph.nodes()) {
            readers.put(
                    node.name(),
                    graph.nodes().stream()
                            .filter(reader -> reader.sources().contains(node.name()))
                            .toList());
            if (hasWeights(node)) {
                if (node.sources().getFirst().equals(graph.input().name())) {
                    stems.add(node.name());
                } else {
                    layers.put(node.name(), node);
                }
            }
        }
    }

    /** Whether the node multiplies by weights that can be rounded; an embedding of channels only moves values. */
    static boolean hasWeights(Node node) {
        return node instanceof Node.InnerProduct
                || (node instanceof Node.Conv conv && !(conv.kernel() instanceof Kernel.ChannelEmbedding));
    }

    /** Whether the node puts out what it reads, or means of that, at the same scale. */
    static boolean passes(Node node) {
        return node instanceof Node.MaxPool
                || node instanceof Node.AveragePool
                || (node instanceof Node.Conv conv && !hasWeights(conv));
    }

    /** The fused graph. */
    Graph graph() {
        return graph;
    }

    /** The convolutions and inner products by name, in order, but for those that read the images. */
    SequencedMap<String, Node> layers() {
        return layers;
    }

    /** The convolutions that read the images. */
    Set<String> stems() {
        return stems;
    }

    /** Whether q of this value may be negative. */
    boolean signed(String value) {
        return !nonNegative.contains(value);
    }

    /**
     * The values that need a scale where just these layers compute in int8, in order: what such a layer reads or writes, and what is added
     * to such a value, since oneDNN's sum post-op takes its operand from where the result goes. Results of the network have none.
     */
    Set<String> scaled(Set<String> int8) {
        Set<String> scaled = new HashSet<>();
        for (Node node : graph.nodes().reversed()) {
            String name = node.name();
            boolean result = graph.outputs().contains(name);
            if (!(node instanceof Node.Input) && !result && isScaled(node, int8, scaled)) {
                scaled.add(name);
            }
        }
        return graph.nodes().stream()
                .map(Node::name)
                .filter(scaled::contains)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private boolean isScaled(Node node, Set<String> int8, Set<String> scaled) {
        for (Node reader : readers.getOrDefault(node.name(), List.of())) {
            boolean asSrc = reader.sources().getFirst().equals(node.name());
            boolean wants = layers.containsKey(reader.name())
                    ? (asSrc && int8.contains(reader.name())) || (!asSrc && scaled.contains(reader.name()))
                    : scaled.contains(reader.name())
                            && (passes(reader) || reader instanceof Node.Relu || reader instanceof Node.Add);
            if (wants) {
                return true;
            }
        }
        return false;
    }

    /** The value whose scale this one has: itself, or what it is passed from. */
    String gridOf(String value) {
        Node node = graph.node(value);
        return passes(node) ? gridOf(node.sources().getFirst()) : value;
    }

    /** Which weights of a layer meet in products. */
    static PairLimit limit(Node layer) {
        return switch (layer) {
            case Node.Conv conv ->
                new PairLimit(
                        conv.ic() / conv.groups(),
                        conv.window().kernelH() * conv.window().kernelW());
            case Node.InnerProduct product -> new PairLimit(product.ic(), 1);
            default -> throw new IllegalArgumentException(layer.name() + " has no weights");
        };
    }

    /** Weights and bias of a layer or stem as it computes them, batch normalisation folded in. */
    static FoldedWeights folded(Node layer, Function<String, float[]> parameters) {
        return switch (layer) {
            case Node.Conv conv -> LayerWeights.folding(parameters).of(conv);
            case Node.InnerProduct product -> LayerWeights.folding(parameters).of(product);
            default -> throw new IllegalArgumentException(layer.name() + " has no weights");
        };
    }
}
