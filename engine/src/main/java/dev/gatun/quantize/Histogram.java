package dev.gatun.quantize;

/**
 * How large the values of an activation are: their range in a first pass over the images, then how many lie in each of
 * {@value #BINS} equal parts of it. Magnitudes only, since grids are symmetric; zeros are counted apart, for every grid has them. Not
 * thread-safe: each worker has its own, and they are merged.
 */
final class Histogram {
    /** As many as TensorRT's calibrator takes (Migacz, 8-bit Inference with TensorRT, GTC 2017). */
    static final int BINS = 2048;

    private final double limit;
    private final long[] counts = new long[BINS];
    private long zeros;

    /**
     * @param limit the largest magnitude
     */
    Histogram(double limit) {
        this.limit = limit;
    }

    /** The largest magnitude among values. */
    static float largest(float[] values, int count) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** Counts values. */
    void add(float[] values, int count) {
        if (limit == 0) {
            zeros += count;
            return;
        }
        float perUnit = (float) (BINS / limit);
        for (int i = 0; i < count; i++) {
            float magnitude = Math.abs(values[i]);
            if (magnitude == 0) {
                zeros++;
            } else {
                counts[Math.min((int) (magnitude * perUnit), BINS - 1)]++;
            }
        }
    }

    /** Counts what another of the same limit has counted. */
    void add(Histogram other) {
        zeros += other.zeros;
        for (int i = 0; i < BINS; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** The largest magnitude. */
    double limit() {
        return limit;
    }

    /** The magnitude at the upper edge of the first {@code bins} bins. */
    double edge(int bins) {
        return limit * bins / BINS;
    }

    /** How many values lie in a bin; zeros in none. */
    long count(int bin) {
        return counts[bin];
    }

    /** How many values have been counted, zeros included. */
    long total() {
        long total = zeros;
        for (long count : counts) {
            total += count;
        }
        return total;
    }
}
