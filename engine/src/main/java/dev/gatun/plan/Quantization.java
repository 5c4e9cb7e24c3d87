package dev.gatun.plan;

import java.util.Map;

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
}
