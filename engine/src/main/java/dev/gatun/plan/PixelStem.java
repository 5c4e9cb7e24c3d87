package dev.gatun.plan;

import dev.gatun.image.Normalization;
import org.jspecify.annotations.Nullable;

/**
 * The first convolution in int8 on pixels as they are: normalisation folded into weights and bias, padding made of pixels.
 *
 * <p>Padding is zero after normalisation, which is a colour that no pixel may have. The border therefore has the nearest colour, and a
 * fourth channel, a constant there and 0 inside, whose weights make up for the difference; what is left of it is at most half that
 * constant times a channel's weight scale at each tap.
 *
 * @param layer weights [oc, 4, kh, kw], for pixels as they are
 * @param border the bytes of a pixel of the border, the first lowest
 */
record PixelStem(QuantizedLayer layer, int border) {
    private static final int CHANNELS = PixelPadder.CHANNELS;
    private static final int MAX_LEVEL = 255;

    /**
     * Quantises the convolution, or returns null where the border cannot be expressed.
     *
     * @param folded weights [oc, 3, kh, kw] for normalised values
     * @param taps kh * kw
     * @param max the greatest magnitude of a weight, 127 or 63
     */
    static @Nullable PixelStem of(FoldedWeights folded, int taps, Normalization normalization, int max) {
        float[] bias = folded.bias();
        int oc = bias.length;
        double[] gain = new double[CHANNELS];
        double[] zero = new double[CHANNELS];
        int[] colour = new int[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            double black = normalization.apply(0, c);
            gain[c] = ((double) normalization.apply(MAX_LEVEL, c) - black) / MAX_LEVEL;
            zero[c] = -black / gain[c];
            colour[c] = (int) Math.clamp(Math.round(zero[c]), 0, MAX_LEVEL);
        }
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
            double scale = largest == 0 ? 1 : largest / max;
            double atZero = 0;
            for (int i = 0; i < CHANNELS * taps; i++) {
                int c = i / taps;
                long q = Math.round(folded.weights()[o * CHANNELS * taps + i] * gain[c] / scale);
                weights[o * (CHANNELS + 1) * taps + i] = (byte) q;
                atZero += q * zero[c];
                missing[o * taps + i % taps] += q * (zero[c] - colour[c]);
            }
            scales[o] = (float) scale;
            shifted[o] = (float) (bias[o] - scale * atZero);
            for (int t = 0; t < taps; t++) {
                most = Math.max(most, Math.abs(missing[o * taps + t]));
            }
        }
        int constant = (int) Math.max(1, Math.ceil(most / max));
        if (constant > MAX_LEVEL) {
            return null;
        }
        for (int o = 0; o < oc; o++) {
            for (int t = 0; t < taps; t++) {
                weights[(o * (CHANNELS + 1) + CHANNELS) * taps + t] =
                        (byte) Math.round(missing[o * taps + t] / constant);
            }
        }
        int border = colour[0] | colour[1] << 8 | colour[2] << 16 | constant << 24;
        return new PixelStem(new QuantizedLayer(weights, scales, shifted), border);
    }
}
