package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Quantization;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.weights.WeightSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network with int8 weights and scales: all that it takes to compute it, folded and fused. Immutable; thread-safe; arrays are its own.
 * Weights of a file are read from it when they are asked for.
 *
 * @param graph fused; each convolution reads {@code <node>.weight} and {@code <node>.bias}, which have batch normalisation folded in
 * @param quantization scales and int8 layers
 * @param parameters weight and bias of the layers that are not int8, f32
 * @param sums largest magnitude of the sums that residuals are added to, by layer; runtimes that round there need it
 */
public record QuantizedNetwork(Graph graph, Quantization quantization, WeightSet parameters, Map<String, Float> sums) {
    /** Copies the map. */
    public QuantizedNetwork {
        sums = Map.copyOf(sums);
    }

    /**
     * The values of a parameter in f32: those that are stored, and the real weights that an int8 layer has.
     *
     * @param name of a parameter of {@link #graph}
     * @throws IllegalArgumentException if it has no such parameter, or, of a file, values that no network can use
     */
    public float[] parameter(String name) {
        int dot = name.lastIndexOf('.');
        QuantizedLayer layer = dot < 0 ? null : quantization.layers().get(name.substring(0, dot));
        if (layer == null) {
            return parameters.get(name);
        }
        return name.endsWith(".bias") ? layer.bias() : Int8Weights.dequantize(layer);
    }

    /** What a plan of {@link #graph} in any precision needs; that of a file has {@link LayerWeights#contentId()}. */
    public LayerWeights layerWeights() {
        return LayerWeights.folding(this::parameter, quantization, parameters::contentId);
    }

    /** The same network, whose {@link #layerWeights()} have no {@link LayerWeights#contentId()}. */
    public QuantizedNetwork withoutContentId() {
        return new QuantizedNetwork(graph, quantization, parameters.withoutContentId(), sums);
    }

    /** Names of the values of the graph that may be negative, of which q is -128 to 127; of all others 0 to 255. */
    public Set<String> signed() {
        Topology topology = new Topology(graph);
        return graph.nodes().stream().map(Node::name).filter(topology::signed).collect(Collectors.toSet());
    }
}
