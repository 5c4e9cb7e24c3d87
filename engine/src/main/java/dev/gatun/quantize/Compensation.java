package dev.gatun.quantize;

import dev.gatun.plan.QuantizedLayer;

/**
 * Rounds weights one after the other so that each makes up for the errors of those before, as far as their inputs are correlated: the result's
 * expected squared error, not the weights', is what becomes small. Neighbouring pixels are alike, so this matters most for the first layers.
 *
 * <p>Frantar et al., GPTQ, 2022, in the form of Chee et al., QuIP, 2023, section 3.1 (LDLQ): with the inputs' second moments H = M D M^T, M unit
 * upper triangular, weight k is rounded after the errors of the weights before it have been added, each times its element of column k of M.
 */
final class Compensation {
    /** Share of the mean of H's diagonal that is added to it, as GPTQ does, so that inputs that are always 0 do no harm. */
    private static final double DAMPING = 0.01;

    private final int size;

    /** Row k: what the errors of the weights before k are multiplied by. */
    private final float[][] feedback;

    /**
     * Decomposes the second moments.
     *
     * @param moments of the inputs of one output
     */
    Compensation(SecondMoments moments) {
        this.size = moments.size();
        this.feedback = new float[size][];
        double[][] h = moments.matrix();
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += h[i][i];
        }
        double damping = trace > 0 ? DAMPING * trace / size : 1;
        for (int i = 0; i < size; i++) {
            h[i][i] += damping;
        }
        for (int j = size - 1; j >= 0; j--) {
            double[] row = h[j];
            float[] factors = new float[j];
            for (int i = 0; i < j; i++) {
                factors[i] = (float) (row[i] / row[j]);
            }
            feedback[j] = factors;
            for (int i = 0; i < j; i++) {
                subtract(h[i], row, row[i] / row[j], i + 1);
            }
        }
    }

    private static void subtract(double[] from, double[] row, double factor, int count) {
        for (int l = 0; l < count; l++) {
            from[l] -= factor * row[l];
        }
    }

    /**
     * Rounds the weights of all output channels.
     *
     * @param weights [oc, ...] row-major, as many for each channel as the moments are of
     * @param units what each input's weights are measured in, as many
     * @return weights of which each is to be multiplied by its unit
     */
    QuantizedLayer round(float[] weights, float[] bias, float[] units) {
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        float[] inUnits = new float[size];
        float[] errors = new float[size];
        for (int oc = 0; oc < bias.length; oc++) {
            int from = oc * size;
            int largest = 0;
            for (int k = 0; k < size; k++) {
                inUnits[k] = weights[from + k] / units[k];
                largest = Math.abs(inUnits[k]) > Math.abs(inUnits[largest]) ? k : largest;
            }
            scales[oc] = WeightMethod.MAX_ABS.scale(inUnits, 0, size);
            for (int k = 0; k < size; k++) {
                float wanted = weights[from + k] + dot(errors, feedback[k]);
                // The largest weight keeps its place at the end of the grid, so that the scale can be told from the
                // weights.
                float source = k == largest ? weights[from + k] : wanted;
                int q = WeightMethod.quantize(source / units[k], scales[oc]);
                rounded[from + k] = (byte) q;
                errors[k] = weights[from + k] - q * scales[oc] * units[k];
            }
        }
        return new QuantizedLayer(rounded, scales, bias.clone());
    }

    private static float dot(float[] errors, float[] factors) {
        float sum = 0;
        for (int j = 0; j < factors.length; j++) {
            sum += errors[j] * factors[j];
        }
        return sum;
    }
}
