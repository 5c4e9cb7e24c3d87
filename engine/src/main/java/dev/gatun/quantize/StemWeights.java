package dev.gatun.quantize;

import dev.gatun.graph.Node;
import dev.gatun.image.Normalization;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.QuantizedLayer;
import java.util.Arrays;

/**
 * The weights of a convolution of the images, which computes in int8 from pixels: normalisation divides by one deviation for each input channel,
 * which goes into the weights before they are rounded. It is stored in f32, since images may come as floats, but with the values that are left
 * after rounding: rounding them again, as the planner does, changes nothing.
 */
final class StemWeights {
    private StemWeights() {}

    /** The real weights after rounding. */
    static float[] rounded(Node.Conv stem, FoldedWeights folded, Normalization normalization, SecondMoments moments) {
        float[] units = units(stem, normalization);
        QuantizedLayer layer = new Compensation(moments).roundInUnits(folded.weights(), folded.bias(), units);
        float[] real = Int8Weights.dequantize(layer);
        for (int i = 0; i < real.length; i++) {
            real[i] *= units[i % units.length];
        }
        return real;
    }

    private static float[] units(Node.Conv stem, Normalization normalization) {
        int taps = stem.window().kernelH() * stem.window().kernelW();
        float[] units = new float[stem.ic() * taps];
        for (int ic = 0; ic < stem.ic(); ic++) {
            Arrays.fill(units, ic * taps, (ic + 1) * taps, normalization.std().get(ic));
        }
        return units;
    }
}
