package dev.gatun.quantize;

import dev.gatun.plan.QuantizedLayer;

/** Weights of a layer between f32 and int8, a scale for each output channel. */
final class Int8Weights {
    private Int8Weights() {}

    /**
     * Rounds weights.
     *
     * @param weights [oc, ...] row-major
     * @param bias [oc], kept
     */
    static QuantizedLayer quantize(float[] weights, float[] bias, WeightMethod method) {
        int perChannel = weights.length / bias.length;
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        for (int oc = 0; oc < bias.length; oc++) {
            int from = oc * perChannel;
            scales[oc] = method.scale(weights, from, from + perChannel);
            for (int i = from; i < from + perChannel; i++) {
                rounded[i] = (byte) WeightMethod.quantize(weights[i], scales[oc]);
            }
        }
        return new QuantizedLayer(rounded, scales, bias.clone());
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
