package dev.gatun.quantize;

/** Ways to choose the largest value that an activation's grid reaches; what lies beyond is clipped. */
public enum RangeMethod {
    /** The largest magnitude that was seen. */
    MIN_MAX {
        @Override
        double threshold(Histogram histogram, boolean signed) {
            return histogram.limit();
        }
    },
    /** The magnitude that one value in ten thousand exceeds. */
    PERCENTILE_99_99 {
        @Override
        double threshold(Histogram histogram, boolean signed) {
            return percentile(histogram, 1e-4);
        }
    },
    /** The magnitude that one value in a thousand exceeds. */
    PERCENTILE_99_9 {
        @Override
        double threshold(Histogram histogram, boolean signed) {
            return percentile(histogram, 1e-3);
        }
    },
    /** The least relative entropy between the values and what is left of them (Migacz, GTC 2017). */
    KL {
        @Override
        double threshold(Histogram histogram, boolean signed) {
            return RelativeEntropy.threshold(histogram, signed);
        }
    },
    /** The least mean squared error of rounding and clipping. */
    MSE {
        @Override
        double threshold(Histogram histogram, boolean signed) {
            return leastSquares(histogram, signed);
        }
    };

    private static final int MSE_STEP = 16;

    /**
     * The largest value of the grid.
     *
     * @param signed whether half the grid is for negative values
     */
    abstract double threshold(Histogram histogram, boolean signed);

    private static double percentile(Histogram histogram, double beyond) {
        double allowed = histogram.total() * beyond;
        long seen = 0;
        int bin = Histogram.BINS;
        while (bin > 1 && seen + histogram.count(bin - 1) <= allowed) {
            seen += histogram.count(--bin);
        }
        return histogram.edge(bin);
    }

    private static double leastSquares(Histogram histogram, boolean signed) {
        double best = Double.POSITIVE_INFINITY;
        int bestBins = Histogram.BINS;
        for (int bins = Histogram.BINS; bins >= Grid.largest(signed); bins -= MSE_STEP) {
            double error = squaredError(histogram, histogram.edge(bins), Grid.largest(signed));
            if (error < best) {
                best = error;
                bestBins = bins;
            }
        }
        return histogram.edge(bestBins);
    }

    private static double squaredError(Histogram histogram, double threshold, int steps) {
        double scale = threshold / steps;
        double error = 0;
        for (int bin = 0; bin < Histogram.BINS; bin++) {
            double value = (histogram.edge(bin) + histogram.edge(bin + 1)) / 2;
            double rounded = Math.min(Math.rint(value / scale), steps) * scale;
            error += histogram.count(bin) * (value - rounded) * (value - rounded);
        }
        return error;
    }
}
