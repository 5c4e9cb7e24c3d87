package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How the values and layers of a fused graph are computed in int8. A layer without a {@link QuantizedLayer} and a value without a
 * scale are computed and kept in bf16 where the CPU is fast in it, else in f32.
 *
 * @param scales by the name of a value of the {@linkplain dev.gatun.graph.Passes#fuse fused} graph: real = scale * q, where q is 0 to 255
 *     if the value cannot be negative (a ReLU ends it, or it is a pooling of such a value), else -128 to 127
 * @param layers by the name of a convolution or inner product
 * @param stem whether the convolution that reads the images computes in int8 where these are pixels; it is quantised when it is planned,
 *     with normalisation folded in
 */
public record Quantization(Map<String, Float> scales, Map<String, QuantizedLayer> layers, boolean stem) {
    /** Copies the maps and checks the scales. */
    public Quantization {
        scales = Map.copyOf(scales);
        layers = Map.copyOf(layers);
        scales.forEach((name, scale) -> {
            if (!(scale > 0 && Float.isFinite(scale))) {
                throw new IllegalArgumentException(
                        "the scale of " + name + " is " + scale + ", expected a positive one");
            }
        });
    }

    /**
     * The values of a fused graph that cannot be negative, and so are 0 to 255 in 8 bits: what a ReLU ends, and poolings and channel
     * embeddings of such.
     */
    public static Set<String> nonNegative(Graph graph) {
        Set<String> found = new HashSet<>();
        for (Node node : graph.nodes()) {
            boolean can = switch (node) {
                case Node.Conv conv -> conv.epilogue().relu() || EightBit.embeds(conv) && found.contains(conv.src());
                case Node.Relu _, Node.Softmax _, Node.Sigmoid _ -> true;
                case Node.MaxPool _, Node.AveragePool _, Node.GlobalAveragePool _, Node.GlobalMaxPool _ ->
                    found.contains(node.sources().getFirst());
                case Node.Add add -> found.contains(add.lhs()) && found.contains(add.rhs());
                case Node.Input _, Node.BatchNorm _, Node.InnerProduct _, Node.ZeroPadShortcut _ -> false;
            };
            if (can) {
                found.add(node.name());
            }
        }
        return found;
    }
}
