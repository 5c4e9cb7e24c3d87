package dev.gatun.quantize;

import dev.gatun.plan.PairLimit;
import dev.gatun.plan.QuantizedLayer;
import java.util.Arrays;

/** Weights of a layer between f32 and int8, a scale for each output channel. */
final class Int8Weights {
    private Int8Weights() {}

    /**
     * Rounds weights.
     *
     * @param weights [oc, ...] row-major
     * @param bias [oc], kept
     * @param limit that each row keeps
     */
    static QuantizedLayer quantize(float[] weights, float[] bias, WeightMethod method, PairLimit limit) {
        int perChannel = limit.size();
        float[] importance = new float[perChannel];
        Arrays.fill(importance, 1);
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        for (int oc = 0; oc < bias.length; oc++) {
            int from = oc * perChannel;
            scales[oc] = method.scale(weights, from, importance, limit);
            for (int i = 0; i < perChannel; i++) {
                long nearest = WeightMethod.quantize(weights[from + i], scales[oc]);
                rounded[from + i] = (byte) limit.clamp(rounded, from, i, nearest);
            }
        }
        return new QuantizedLayer(rounded, scales, bias.clone(), limit);
    }

    /** The real weights that an int8 layer has. */
    static float[] dequantize(QuantizedLayer layer) {
        byte[] weights = layer.weights();
        float[] scales = layer.scales();
        int perChannel = weights.length / scales.length;
        float[] real = new float[weights.length];
        for (int i = 0; i < real.length; i++) {
            real[i] = weights[i] * scales[i / perChannel];
        }
        return real;
    }
}
