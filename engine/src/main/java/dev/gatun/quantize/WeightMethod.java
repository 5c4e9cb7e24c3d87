package dev.gatun.quantize;

import dev.gatun.plan.PairLimit;

/** Ways to choose the scale of an output channel's weights. */
public enum WeightMethod {
    /** The least scale at which nothing is clipped. */
    MAX_ABS {
        @Override
        float scale(float[] weights, int from, float[] importance, PairLimit limit) {
            return fitting(limit.scale(weights, from));
        }
    },
    /** The least mean squared error; weights are clipped where that pays. */
    MSE {
        @Override
        float scale(float[] weights, int from, float[] importance, PairLimit limit) {
            float largest = limit.scale(weights, from);
            float best = fitting(largest);
            double bestError = squaredError(weights, from, importance, best, limit);
            for (int step = 1; step <= SHRINKINGS; step++) {
                float scale = fitting(largest * (1 - step * SHRINKING));
                double error = squaredError(weights, from, importance, scale, limit);
                if (error < bestError) {
                    bestError = error;
                    best = scale;
                }
            }
            return best;
        }
    },
    /** As {@link #MSE}, but each weight is rounded so as to make up for the errors of those before it: {@link Compensation}. */
    COMPENSATED {
        @Override
        float scale(float[] weights, int from, float[] importance, PairLimit limit) {
            return MSE.scale(weights, from, importance, limit);
        }
    };

    private static final int SHRINKINGS = 20;
    private static final float SHRINKING = 0.025f;

    /**
     * A scale for a row of weights, positive.
     *
     * @param weights rows
     * @param from first of the row
     * @param importance of an error in each weight of a row
     * @param limit that the row will keep
     */
    abstract float scale(float[] weights, int from, float[] importance, PairLimit limit);

    /** The weight of {@code value} on a grid of this scale before it is clipped. */
    static long quantize(float value, float scale) {
        return (long) Math.rint(value / (double) scale);
    }

    private static float fitting(float scale) {
        return scale >= Float.MIN_NORMAL ? scale : 1;
    }

    private static double squaredError(float[] weights, int from, float[] importance, float scale, PairLimit limit) {
        byte[] row = new byte[limit.size()];
        double error = 0;
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) limit.clamp(row, 0, i, quantize(weights[from + i], scale));
            double difference = weights[from + i] - (double) row[i] * scale;
            error += importance[i] * difference * difference;
        }
        return error;
    }
}
