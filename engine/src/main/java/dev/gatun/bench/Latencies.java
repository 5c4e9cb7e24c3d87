package dev.gatun.bench;

import java.util.Arrays;

/**
 * Times in nanoseconds with their exact quantiles. Immutable.
 *
 * @param count how many
 * @param median of them
 * @param p90 90th percentile
 * @param p99 99th percentile
 * @param p999 99.9th percentile
 * @param max the longest
 */
public record Latencies(int count, long median, long p90, long p99, long p999, long max) {
    private static final double P90 = 0.9;
    private static final double P99 = 0.99;
    private static final double P999 = 0.999;

    /** Of at least one time; the array is not kept or changed. */
    public static Latencies of(long[] nanos) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no times, expected at least one");
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(
                sorted.length,
                quantile(sorted, 0.5),
                quantile(sorted, P90),
                quantile(sorted, P99),
                quantile(sorted, P999),
                sorted[sorted.length - 1]);
    }

    /** The smallest time that a share {@code q} of all times does not exceed: nearest rank, an actual time. */
    static long quantile(long[] sorted, double q) {
        // Rounding in q * n must not lift the rank: 0.9 * 10 is 9, 0.99 * 100 is 99.
        int rank = (int) Math.ceil(q * sorted.length - 1e-9);
        return sorted[Math.clamp(rank, 1, sorted.length) - 1];
    }
}
