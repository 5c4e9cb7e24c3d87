package dev.gatun.bench;

import java.util.SplittableRandom;

/** Times at which independent users ask: exponential gaps, drawn from a seed, the same everywhere. One thread. */
public final class PoissonArrivals {
    private static final double NANOS_PER_SECOND = 1e9;

    private final SplittableRandom random;
    private final double meanGapNanos;
    private double nanos;

    /**
     * Arrivals from time 0.
     *
     * @param rate a second on average, more than 0
     */
    public PoissonArrivals(double rate, long seed) {
        if (!(rate > 0 && Double.isFinite(rate))) {
            throw new IllegalArgumentException("rate is " + rate + ", expected more than 0");
        }
        this.random = new SplittableRandom(seed);
        this.meanGapNanos = NANOS_PER_SECOND / rate;
    }

    /** When the next one comes, in nanoseconds from 0. */
    public long next() {
        // Inverse of the exponential distribution; StrictMath for the same bits on every machine.
        nanos -= StrictMath.log1p(-random.nextDouble()) * meanGapNanos;
        return (long) nanos;
    }
}
