package dev.gatun.plan;

import dev.gatun.image.Normalization;

/**
 * The first convolution in int8 on pixels as they are: normalisation folded into weights and bias, padding made of pixels.
 *
 * <p>Padding is zero after normalisation, which is a colour that no pixel may have. The border therefore has the nearest colour, and a
 * fourth channel, a constant there and 0 inside, whose weights make up for the difference; what is left of it is at most half that
 * constant times a channel's weight scale at each tap.
 *
 * <p>Red, green and blue have much the same weights, whose products overflow where two are added in 16 bits. There every weight is the sum of
 * two halves, and every pixel is there twice: the sums are the same.
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
    private final boolean halves;
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
     * @param halves whether pixels are there twice, for weights of -64 to 64, else once, for weights of -127 to 127
     */
    PixelStem(FoldedWeights folded, int taps, Normalization normalization, boolean halves) {
        this.folded = folded;
        this.taps = taps;
        this.halves = halves;
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

    /** Weights [oc, 4, kh, kw], for pixels as they are, or [oc, 8, kh, kw], for pixels that are there twice. */
    QuantizedLayer layer() {
        return QuantizedLayer.reading(
                "the stem",
                () -> rounded.get().layer().weights(),
                () -> rounded.get().layer().scales(),
                () -> rounded.get().layer().bias(),
                null);
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
        int constant = (int) Math.max(1, Math.ceil(most / MAX_WEIGHT));
        for (int o = 0; o < oc; o++) {
            for (int t = 0; t < taps; t++) {
                weights[(o * (CHANNELS + 1) + CHANNELS) * taps + t] =
                        (byte) Math.round(missing[o * taps + t] / constant);
            }
        }
        return new Rounded(new QuantizedLayer(halves ? inHalves(weights, oc) : weights, scales, shifted), constant);
    }

    /** Rows with the greater halves of the weights behind the smaller ones. */
    private static byte[] inHalves(byte[] weights, int oc) {
        int row = weights.length / oc;
        byte[] halves = new byte[2 * weights.length];
        for (int i = 0; i < weights.length; i++) {
            int to = i / row * 2 * row + i % row;
            halves[to] = (byte) (weights[i] >> 1);
            halves[to + row] = (byte) (weights[i] - (weights[i] >> 1));
        }
        return halves;
    }
}
