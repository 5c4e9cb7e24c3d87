package dev.gatun.benchmarks.peers;

/** Which {@linkplain Probe probes} show a core that is alone: those that take little longer than the quickest of all. Not thread-safe. */
final class Calm {
    /** A core that has just computed with AVX-512 takes up to a third longer (measured 2026-11-29), one that is shared four times as long. */
    private static final double MARGIN = 1.4;

    private long quickest = Long.MAX_VALUE;

    /** A probe, in nanoseconds. */
    void add(long probe) {
        quickest = Math.min(quickest, probe);
    }

    /** Whether there were any. */
    boolean isKnown() {
        return quickest < Long.MAX_VALUE;
    }

    /** Nanoseconds of the longest probe that shows it, as far as is known yet. */
    long most() {
        return (long) (MARGIN * quickest);
    }

    /** Whether the probes of a run do. */
    boolean shows(Timed run) {
        return run.probe() > 0 && run.probe() <= most();
    }
}
