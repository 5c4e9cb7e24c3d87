package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Quantization;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network with int8 weights and scales: all that it takes to compute it, folded and fused. Immutable; arrays are its own.
 *
 * @param graph fused; each convolution reads {@code <node>.weight} and {@code <node>.bias}, which have batch normalisation folded in
 * @param quantization scales and int8 layers
 * @param parameters f32, row-major, by name: weight and bias of the layers that are not int8
 * @param sums largest magnitude of the sums that residuals are added to, by layer; runtimes that round there need it
 */
public record QuantizedNetwork(
        Graph graph, Quantization quantization, Map<String, float[]> parameters, Map<String, Float> sums) {
    /** Copies the maps. */
    public QuantizedNetwork {
        parameters = Map.copyOf(parameters);
        sums = Map.copyOf(sums);
    }

    /**
     * The values of a parameter in f32: those that are stored, and the real weights that an int8 layer has.
     *
     * @param name of a parameter of {@link #graph}
     * @throws IllegalArgumentException if it has no such parameter
     */
    public float[] parameter(String name) {
        float[] stored = parameters.get(name);
        if (stored != null) {
            return stored;
        }
        int dot = name.lastIndexOf('.');
        var layer = dot < 0 ? null : quantization.layers().get(name.substring(0, dot));
        if (layer == null) {
            throw new IllegalArgumentException("the quantised network has no parameter '" + name + "'");
        }
        return name.endsWith(".bias") ? layer.bias() : Int8Weights.dequantize(layer);
    }

    /** What a plan of {@link #graph} in any precision needs. */
    public LayerWeights layerWeights() {
        LayerWeights real = LayerWeights.folding(this::parameter);
        return new LayerWeights() {
            @Override
            public FoldedWeights of(Node.Conv conv) {
                return real.of(conv);
            }

            @Override
            public FoldedWeights of(Node.InnerProduct product) {
                return real.of(product);
            }

            @Override
            public Quantization quantization() {
                return quantization;
            }
        };
    }

    /** Names of the values of the graph that may be negative, of which q is -128 to 127; of all others 0 to 255. */
    public Set<String> signed() {
        Topology topology = new Topology(graph);
        return graph.nodes().stream().map(Node::name).filter(topology::signed).collect(Collectors.toSet());
    }
}
