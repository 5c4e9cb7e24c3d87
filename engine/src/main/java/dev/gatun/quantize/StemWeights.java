package dev.gatun.quantize;

import dev.gatun.graph.Node;
import dev.gatun.image.Normalization;
import dev.gatun.plan.FoldedWeights;

/**
 * The weights that a convolution of the images has in effect when it computes in int8 from pixels: normalisation divides by one deviation for each
 * input channel, which goes into the weights before they are rounded.
 */
final class StemWeights {
    private StemWeights() {}

    static float[] rounded(Node.Conv stem, FoldedWeights folded, Normalization normalization) {
        float[] weights = folded.weights().clone();
        scale(stem, weights, normalization, false);
        float[] rounded = Int8Weights.dequantize(Int8Weights.quantize(weights, folded.bias(), WeightMethod.MAX_ABS));
        scale(stem, rounded, normalization, true);
        return rounded;
    }

    private static void scale(Node.Conv stem, float[] weights, Normalization normalization, boolean back) {
        int taps = stem.window().kernelH() * stem.window().kernelW();
        int icPerGroup = stem.ic() / stem.groups();
        int ocPerGroup = stem.oc() / stem.groups();
        for (int i = 0; i < weights.length; i++) {
            int oc = i / (taps * icPerGroup);
            int ic = oc / ocPerGroup * icPerGroup + i / taps % icPerGroup;
            float deviation = normalization.std().get(ic);
            weights[i] = back ? weights[i] * deviation : weights[i] / deviation;
        }
    }
}
