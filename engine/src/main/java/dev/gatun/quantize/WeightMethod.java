package dev.gatun.quantize;

/** Ways to choose the scale of an output channel's weights. */
public enum WeightMethod {
    /** The largest magnitude becomes 127. */
    MAX_ABS {
        @Override
        float scale(float[] weights, int from, int to) {
            return fitting(largest(weights, from, to));
        }
    },
    /** The least mean squared error; large weights are clipped where that pays. */
    MSE {
        @Override
        float scale(float[] weights, int from, int to) {
            float largest = largest(weights, from, to);
            float best = fitting(largest);
            double bestError = squaredError(weights, from, to, best);
            for (int step = 1; step <= SHRINKINGS; step++) {
                float scale = fitting(largest * (1 - step * SHRINKING));
                double error = squaredError(weights, from, to, scale);
                if (error < bestError) {
                    bestError = error;
                    best = scale;
                }
            }
            return best;
        }
    },
    /** As {@link #MAX_ABS}, but each weight is rounded so as to make up for the errors of those before it: {@link Compensation}. */
    COMPENSATED {
        @Override
        float scale(float[] weights, int from, int to) {
            return MAX_ABS.scale(weights, from, to);
        }
    };

    private static final int LARGEST = Byte.MAX_VALUE;
    private static final int SHRINKINGS = 40;
    private static final float SHRINKING = 0.0125f;

    /** The scale for the weights at {@code from} to {@code to}, positive. */
    abstract float scale(float[] weights, int from, int to);

    /** The weight of {@code value} on a grid of this scale, -127 to 127. */
    static int quantize(float value, float scale) {
        return (int) Math.clamp(Math.rint(value / (double) scale), -LARGEST, LARGEST);
    }

    private static float fitting(float largest) {
        float scale = largest / LARGEST;
        return scale >= Float.MIN_NORMAL ? scale : 1;
    }

    private static float largest(float[] weights, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        return largest;
    }

    private static double squaredError(float[] weights, int from, int to, float scale) {
        double error = 0;
        for (int i = from; i < to; i++) {
            double difference = weights[i] - (double) quantize(weights[i], scale) * scale;
            error += difference * difference;
        }
        return error;
    }
}
