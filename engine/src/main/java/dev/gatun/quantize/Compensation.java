package dev.gatun.quantize;

import dev.gatun.plan.PairLimit;
import dev.gatun.plan.QuantizedLayer;
import java.util.Arrays;

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

    /** D: what is left of each input's second moment when those after it are known, so what an error in its weight costs. */
    private final float[] importance;

    /**
     * Decomposes the second moments.
     *
     * @param moments of the inputs of one output
     */
    Compensation(SecondMoments moments) {
        this.size = moments.size();
        this.feedback = new float[size][];
        this.importance = new float[size];
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
            importance[j] = (float) row[j];
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
     * @param limit that each row keeps
     */
    QuantizedLayer round(float[] weights, float[] bias, PairLimit limit) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        for (int oc = 0; oc < bias.length; oc++) {
            scales[oc] = WeightMethod.COMPENSATED.scale(weights, oc * size, importance, limit);
            round(weights, oc * size, ones, scales[oc], -1, limit, rounded);
        }
        return new QuantizedLayer(rounded, scales, bias.clone(), limit);
    }

    /**
     * Rounds the weights of all output channels so that the largest of each, in its unit, is 127 or -127: the scale can be told from the
     * weights.
     *
     * @param weights as for {@link #round(float[], float[], PairLimit)}
     * @param units what each input's weights are measured in, as many
     * @return weights of which each is to be multiplied by its unit
     */
    QuantizedLayer roundInUnits(float[] weights, float[] bias, float[] units) {
        PairLimit limit = PairLimit.none(size);
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        float[] inUnits = new float[size];
        for (int oc = 0; oc < bias.length; oc++) {
            int from = oc * size;
            int largest = 0;
            for (int k = 0; k < size; k++) {
                inUnits[k] = weights[from + k] / units[k];
                largest = Math.abs(inUnits[k]) > Math.abs(inUnits[largest]) ? k : largest;
            }
            scales[oc] = WeightMethod.MAX_ABS.scale(inUnits, 0, importance, limit);
            round(weights, from, units, scales[oc], largest, limit, rounded);
        }
        return new QuantizedLayer(rounded, scales, bias.clone(), limit);
    }

    /** Rounds one row; the weight {@code kept} takes no part in making up for errors. */
    private void round(
            float[] weights, int from, float[] units, float scale, int kept, PairLimit limit, byte[] rounded) {
        float[] errors = new float[size];
        for (int k = 0; k < size; k++) {
            float wanted = k == kept ? weights[from + k] : weights[from + k] + dot(errors, feedback[k]);
            long nearest = WeightMethod.quantize(wanted / units[k], scale);
            rounded[from + k] = (byte) limit.clamp(rounded, from, k, nearest);
            errors[k] = weights[from + k] - rounded[from + k] * scale * units[k];
        }
    }

    private static float dot(float[] errors, float[] factors) {
        float sum = 0;
        for (int j = 0; j < factors.length; j++) {
            sum += errors[j] * factors[j];
        }
        return sum;
    }
}
