package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.onednn.DataType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which layers of a fused graph compute in int8, and which values are kept in 8 bits between them. Immutable. */
final class EightBit {
    private final Map<String, QuantizedLayer> layers;
    private final boolean stem;
    private final String input;
    private final Set<String> nonNegative;
    private final Map<String, Float> scales = new HashMap<>();
    private final Set<String> kept = new HashSet<>();

    /**
     * @param quantization null for a plan that computes nothing in int8
     * @param pixels whether the images are pixels
     * @throws IllegalArgumentException naming a layer whose source has no scale
     */
    EightBit(Graph graph, @Nullable Quantization quantization, boolean pixels) {
        this.layers = quantization == null ? Map.of() : quantization.layers();
        this.stem = quantization != null && quantization.stem() && pixels;
        this.input = graph.input().name();
        this.nonNegative = Quantization.nonNegative(graph);
        if (quantization != null) {
            findScales(graph, quantization.scales());
            findKept(graph);
        }
    }

    private void findScales(Graph graph, Map<String, Float> given) {
        for (Node node : graph.nodes()) {
            Float own = given.get(node.name());
            Float passed = passes(node) ? scales.get(node.sources().getFirst()) : null;
            Float scale = passed == null ? own : passed;
            if (scale != null) {
                scales.put(node.name(), scale);
            }
            boolean needsScale = node instanceof Node.Conv conv && layers.containsKey(conv.name())
                    || node instanceof Node.InnerProduct product && layers.containsKey(product.name());
            if (needsScale && !scales.containsKey(node.sources().getFirst())) {
                throw new IllegalArgumentException(node.name() + " is to compute in int8, but the value it reads, "
                        + node.sources().getFirst() + ", has no scale");
            }
        }
    }

    private void findKept(Graph graph) {
        Set<String> wanted = new HashSet<>();
        for (Node node : graph.nodes().reversed()) {
            boolean wantsSource = computes(node) && !stem(node) || passes(node) && wanted.contains(node.name());
            if (wantsSource) {
                wanted.add(node.sources().getFirst());
            }
            if (node instanceof Node.Conv conv && computes(conv) && wanted.contains(conv.name())) {
                wanted.addAll(conv.sources());
            }
        }
        for (Node node : graph.nodes()) {
            boolean can = passes(node)
                    ? kept.contains(node.sources().getFirst())
                    : node instanceof Node.Conv && computes(node);
            boolean addable = node.sources().stream().skip(1).allMatch(scales::containsKey);
            if (can && addable && wanted.contains(node.name()) && scales.containsKey(node.name())) {
                kept.add(node.name());
            }
        }
    }

    /** Whether the node puts out what it reads, at the same scale. */
    private static boolean passes(Node node) {
        return node instanceof Node.MaxPool
                || node instanceof Node.AveragePool
                || node instanceof Node.Conv conv && embeds(conv);
    }

    /** Whether the convolution only moves channels, which is exact in int8 without any calibration. */
    static boolean embeds(Node.Conv conv) {
        return conv.kernel() instanceof Kernel.ChannelEmbedding
                && conv.norm() == null
                && conv.bias() == null
                && conv.epilogue().residual() == null;
    }

    /** Whether the layer computes in int8. */
    boolean computes(Node node) {
        return layers.containsKey(node.name())
                || stem(node)
                || node instanceof Node.Conv conv && embeds(conv) && kept.contains(conv.src());
    }

    /** Whether the layer computes in int8 on the caller's pixels. */
    boolean stem(Node node) {
        return stem
                && node instanceof Node.Conv conv
                && conv.src().equals(input)
                && conv.groups() == 1
                && conv.ic() == PixelPadder.CHANNELS
                && conv.epilogue().residual() == null;
    }

    /** The weights of a layer that computes in int8. */
    QuantizedLayer layer(Node node) {
        QuantizedLayer layer = layers.get(node.name());
        if (layer == null) {
            throw new IllegalStateException(node.name() + " has no weights in int8");
        }
        return layer;
    }

    /** Whether the value is kept in 8 bits. */
    boolean keeps(String value) {
        return kept.contains(value);
    }

    /** The 8-bit type of a value. */
    DataType type(String value) {
        return nonNegative.contains(value) ? DataType.U8 : DataType.S8;
    }

    /** The scale of a value in 8 bits. */
    float scale(String value) {
        Float scale = scales.get(value);
        if (scale == null) {
            throw new IllegalStateException(value + " has no scale");
        }
        return scale;
    }
}
