package dev.gatun.profile;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** How fast a loop runs while nothing interrupts it. */
final class Rate {
    /** Shorter than the time slice of a scheduler, so that most slices are not interrupted. */
    private static final long SLICE_NANOS = 1_000_000;

    private static final int SLICES = 100;

    /** An interruption only ever slows a slice down; the very fastest may owe to the clock's resolution. */
    private static final double QUANTILE = 0.9;

    private Rate() {}

    /**
     * Measures for about a tenth of a second.
     *
     * @param loop takes a number of iterations
     * @param units that an iteration does
     * @return units a nanosecond, of which nine slices of ten stay below
     */
    static double of(LongConsumer loop, double units) {
        long iterations = 1;
        while (fastest(loop, iterations) < SLICE_NANOS) {
            iterations *= 2;
        }
        double[] rates = new double[SLICES];
        for (int i = 0; i < SLICES; i++) {
            rates[i] = iterations * units / nanos(loop, iterations);
        }
        return quantile(rates, QUANTILE);
    }

    static double quantile(double[] values, double quantile) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }

    static double median(double[] values) {
        return quantile(values, 0.5);
    }

    /** One interrupted slice must not end the search for how many iterations fill one. */
    private static long fastest(LongConsumer loop, long iterations) {
        return Math.min(nanos(loop, iterations), Math.min(nanos(loop, iterations), nanos(loop, iterations)));
    }

    private static long nanos(LongConsumer loop, long iterations) {
        long start = System.nanoTime();
        loop.accept(iterations);
        return Math.max(1, System.nanoTime() - start);
    }
}
