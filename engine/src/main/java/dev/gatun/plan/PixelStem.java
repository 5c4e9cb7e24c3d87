package dev.gatun.plan;

import dev.gatun.image.Normalization;

/**
 * The first convolution in int8 on pixels as they are: normalisation folded into weights and bias, padding made of pixels.
 *
 * <p>Padding is zero after normalisation, which is a colour that no pixel may have. The border therefore has the nearest colour, and a
 * fourth channel, a constant there and 0 inside, whose weights make up for the difference; what is left of it is at most half that
 * constant times a channel's weight scale at each tap.
 *
 * <p>Weights are read and rounded when something of them is first asked for. One thread.
 */
final class PixelStem {
    private static final int CHANNELS = PixelPadder.CHANNELS;
    private static final int MAX_LEVEL = 255;
    private static final int MAX_WEIGHT = 127;
    private static final double HALF = 0.5;

    private final FoldedWeights folded;
    private final int taps;
    private final boolean sevenBits;
    private final double[] gain = new double[CHANNELS];
    private final double[] zero = new double[CHANNELS];
    private final int[] colour = new int[CHANNELS];
    private final Once<Rounded> rounded = new Once<>(this::round);

    private record Rounded(QuantizedLayer layer, int constant) {}

    /**
     * The convolution in int8.
     *
     * @param folded weights [oc, 3, kh, kw] for normalised values
     * @param taps kh * kw
     * @param sevenBits whether weights are to be {@linkplain QuantizedLayer#inSevenBits() -64 to 64}, else -127 to 127
     */
    PixelStem(FoldedWeights folded, int taps, Normalization normalization, boolean sevenBits) {
        this.folded = folded;
        this.taps = taps;
        this.sevenBits = sevenBits;
        for (int c = 0; c < CHANNELS; c++) {
            gain[c] = gain(normalization, c);
            zero[c] = zero(normalization, c);
            colour[c] = Math.clamp(Math.round(zero[c]), 0, MAX_LEVEL);
        }
    }

    /** Whether there is a pixel within half a level of what is zero after normalisation, which a border needs. */
    static boolean fits(Normalization normalization) {
        for (int c = 0; c < CHANNELS; c++) {
            double zero = zero(normalization, c);
            if (zero < -HALF || zero > MAX_LEVEL + HALF) {
                return false;
            }
        }
        return true;
    }

    /** The level, between two of them perhaps, that is zero after normalisation. */
    private static double zero(Normalization normalization, int c) {
        return -normalization.apply(0, c) / gain(normalization, c);
    }

    private static double gain(Normalization normalization, int c) {
        return ((double) normalization.apply(MAX_LEVEL, c) - normalization.apply(0, c)) / MAX_LEVEL;
    }

    /** Weights [oc, 4, kh, kw], for pixels as they are. */
    QuantizedLayer layer() {
        return QuantizedLayer.reading(
                "the stem",
                () -> rounded.get().layer().weights(),
                () -> rounded.get().layer().scales(),
                () -> rounded.get().layer().bias());
    }

    /** The value of the fourth channel in the border. */
    int constant() {
        return rounded.get().constant();
    }

    /** The bytes of a pixel of the border, the first lowest, with this {@link #constant}. */
    int border(int constant) {
        return colour[0] | colour[1] << 8 | colour[2] << 16 | constant << 24;
    }

    private Rounded round() {
        float[] bias = folded.bias();
        int oc = bias.length;
        byte[] weights = new byte[oc * (CHANNELS + 1) * taps];
        float[] scales = new float[oc];
        float[] shifted = new float[oc];
        double[] missing = new double[oc * taps];
        double most = 0;
        for (int o = 0; o < oc; o++) {
            double largest = 0;
            for (int i = 0; i < CHANNELS * taps; i++) {
                largest = Math.max(largest, Math.abs(folded.weights()[o * CHANNELS * taps + i] * gain[i / taps]));
            }
            double scale = largest == 0 ? 1 : largest / MAX_WEIGHT;
            int from = o * (CHANNELS + 1) * taps;
            for (int i = 0; i < CHANNELS * taps; i++) {
                weights[from + i] =
                        (byte) Math.round(folded.weights()[o * CHANNELS * taps + i] * gain[i / taps] / scale);
            }
            if (sevenBits) {
                QuantizedLayer.halve(weights, from, from + CHANNELS * taps);
                scale *= 2;
            }
            double atZero = 0;
            for (int i = 0; i < CHANNELS * taps; i++) {
                int c = i / taps;
                int q = weights[from + i];
                atZero += q * zero[c];
                missing[o * taps + i % taps] += q * (zero[c] - colour[c]);
            }
            scales[o] = (float) scale;
            shifted[o] = (float) (bias[o] - scale * atZero);
            for (int t = 0; t < taps; t++) {
                most = Math.max(most, Math.abs(missing[o * taps + t]));
            }
        }
        int constant = (int) Math.max(1, Math.ceil(most / (sevenBits ? MAX_WEIGHT / 2 : MAX_WEIGHT)));
        for (int o = 0; o < oc; o++) {
            for (int t = 0; t < taps; t++) {
                weights[(o * (CHANNELS + 1) + CHANNELS) * taps + t] =
                        (byte) Math.round(missing[o * taps + t] / constant);
            }
        }
        return new Rounded(new QuantizedLayer(weights, scales, shifted), constant);
    }
}
