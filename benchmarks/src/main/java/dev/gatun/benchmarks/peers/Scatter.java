package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * How far times scatter on this host for which no contestant is to blame: those of multiplications in one register, each of which waits for
 * the one before. No cache and hardly the core's other hyperthread hold them up, only the loss of the CPU. Not thread-safe.
 */
final class Scatter {
    /** About 4 ms, as the quickest of the networks that are compared. */
    private static final int MULTIPLICATIONS = 2_000_000;

    /** Any odd number will do; this one is Knuth's (The Art of Computer Programming, volume 2, 3.3.4). */
    private static final long FACTOR = 6_364_136_223_846_793_005L;

    private static final int WARM_UP = 10;
    private static final double P99 = 0.99;

    private final List<Double> nanos = new ArrayList<>();
    private long register = 1;

    Scatter() {
        for (int i = 0; i < WARM_UP; i++) {
            multiply();
        }
    }

    /** Takes the time {@code runs} more times. */
    void take(int runs) {
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            multiply();
            nanos.add((double) (System.nanoTime() - start));
        }
    }

    private void multiply() {
        long value = register;
        for (int i = 0; i < MULTIPLICATIONS; i++) {
            // Shifted, for factors alone the JVM would multiply once for many.
            value = (value ^ value >>> 32) * FACTOR;
        }
        register = value;
    }

    /** What they end with. */
    long product() {
        return register;
    }

    /** The 99th percentile over the median, of at least one time. */
    double p99OverMedian() {
        List<Double> sorted = nanos.stream().sorted().toList();
        return Quantiles.of(sorted, P99) / Quantiles.of(sorted, 0.5);
    }
}
