package dev.gatun.plan;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights of a convolution or inner product in int8, batch normalisation folded in. Immutable; thread-safe. Arrays are its own: do not
 * write to them.
 */
public final class QuantizedLayer {
    private final Supplier<byte[]> weights;
    private final Supplier<float[]> scales;
    private final Supplier<float[]> bias;
    private final @Nullable PairLimit limit;

    private QuantizedLayer(
            Supplier<byte[]> weights, Supplier<float[]> scales, Supplier<float[]> bias, @Nullable PairLimit limit) {
        this.weights = weights;
        this.scales = scales;
        this.bias = bias;
        this.limit = limit;
    }

    /**
     * Takes arrays over. Nothing is known of which weights meet, so {@link #inSevenBits} takes it that any two may.
     *
     * @param weights [oc, ic / groups, kh, kw] row-major, -127 to 127; real = scale of the output channel * weight
     * @param scales [oc], positive
     * @param bias [oc], real
     * @throws IllegalArgumentException if the lengths do not agree or a value is out of range
     */
    public QuantizedLayer(byte[] weights, float[] scales, float[] bias) {
        this(weights, scales, bias, null);
    }

    /**
     * Takes arrays over.
     *
     * @param weights [oc, ic / groups, kh, kw] row-major, -127 to 127; real = scale of the output channel * weight
     * @param scales [oc], positive
     * @param bias [oc], real
     * @param limit of rows of these weights, which they need not keep; null if any two weights may meet
     * @throws IllegalArgumentException if the lengths do not agree or a value is out of range
     */
    public QuantizedLayer(byte[] weights, float[] scales, float[] bias, @Nullable PairLimit limit) {
        this(() -> weights, () -> scales, () -> bias, limit);
        if (scales.length == 0 || bias.length != scales.length || weights.length % scales.length != 0) {
            throw new IllegalArgumentException(weights.length + " weights, " + scales.length + " scales and "
                    + bias.length + " biases, expected as many scales as biases and a multiple of that of weights");
        }
        requireWeights("the layer", weights);
        requireScales("the layer", scales);
        if (limit != null && weights.length != (long) scales.length * limit.size()) {
            throw new IllegalArgumentException(
                    weights.length + " weights in " + scales.length + " rows, expected " + limit.size() + " in each");
        }
        for (int oc = 0; oc < bias.length; oc++) {
            if (!Float.isFinite(bias[oc])) {
                throw new IllegalArgumentException(
                        "channel " + oc + " has bias " + bias[oc] + ", expected a finite one");
            }
        }
    }

    /**
     * Weights that are read whenever they are asked for; nothing is kept. What reads the weights or scales throws IllegalArgumentException if
     * one is out of range.
     *
     * @param name what messages call it
     * @param weights as the constructor's
     * @param scales as many as biases
     * @param bias finite ones
     * @param limit of rows of these weights, which they need not keep; null if any two weights may meet
     */
    public static QuantizedLayer reading(
            String name,
            Supplier<byte[]> weights,
            Supplier<float[]> scales,
            Supplier<float[]> bias,
            @Nullable PairLimit limit) {
        return new QuantizedLayer(
                () -> requireWeights(name, weights.get()), () -> requireScales(name, scales.get()), bias, limit);
    }

    private static byte[] requireWeights(String name, byte[] weights) {
        for (byte weight : weights) {
            if (weight == Byte.MIN_VALUE) {
                throw new IllegalArgumentException(name + " has a weight of -128, expected -127 to 127");
            }
        }
        return weights;
    }

    private static float[] requireScales(String name, float[] scales) {
        for (int oc = 0; oc < scales.length; oc++) {
            if (!(scales[oc] > 0 && Float.isFinite(scales[oc]))) {
                throw new IllegalArgumentException(
                        name + " has scale " + scales[oc] + " in channel " + oc + ", expected a positive one");
            }
        }
        return scales;
    }

    /** [oc, ic / groups, kh, kw] row-major. */
    public byte[] weights() {
        return weights.get();
    }

    /** [oc]. */
    public float[] scales() {
        return scales.get();
    }

    /** [oc]. */
    public float[] bias() {
        return bias.get();
    }

    /**
     * The same layer as CPUs without VNNI can compute it. Rows that keep their {@link PairLimit}, as all do that the quantiser writes,
     * are the same; others get weights of -64 to 64 and twice the scale.
     */
    QuantizedLayer inSevenBits() {
        return new QuantizedLayer(
                () -> {
                    byte[] all = weights();
                    byte[] halved = all.clone();
                    int size = all.length / scales().length;
                    for (int from = 0; from < all.length; from += size) {
                        if (overflows(all, from, size)) {
                            halve(halved, from, from + size);
                        }
                    }
                    return halved;
                },
                () -> {
                    byte[] all = weights();
                    float[] doubled = scales().clone();
                    int size = all.length / doubled.length;
                    for (int oc = 0; oc < doubled.length; oc++) {
                        doubled[oc] *= overflows(all, oc * size, size) ? 2 : 1;
                    }
                    return doubled;
                },
                bias,
                limit);
    }

    private boolean overflows(byte[] all, int from, int size) {
        if (limit != null) {
            return !limit.holds(all, from);
        }
        for (int i = from; i < from + size; i++) {
            if (Math.abs(all[i]) > PairLimit.ANY) {
                return true;
            }
        }
        return false;
    }

    /**
     * Halves weights. Of the odd ones, which are as far from the level below as from that above, every other one is rounded up: errors
     * cancel between neighbours, which are multiplied by much the same, and means stay.
     */
    private static void halve(byte[] weights, int from, int to) {
        int carry = 0;
        for (int i = from; i < to; i++) {
            int whole = weights[i] + carry;
            weights[i] = (byte) (whole >> 1);
            carry = whole & 1;
        }
    }
}
