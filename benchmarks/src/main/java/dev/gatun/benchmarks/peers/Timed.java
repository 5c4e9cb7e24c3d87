package dev.gatun.benchmarks.peers;

/**
 * A run.
 *
 * @param nanos that it took
 * @param probe nanoseconds of the slower of the {@linkplain Probe probes} before and after it; 0 if there were none
 */
record Timed(long nanos, long probe) {
    private static final char SEPARATOR = '/';

    /** As {@link #toString()} writes it. */
    static Timed parse(String text) {
        int at = text.indexOf(SEPARATOR);
        return new Timed(Long.parseLong(text.substring(0, at)), Long.parseLong(text.substring(at + 1)));
    }

    @Override
    public String toString() {
        return nanos + "" + SEPARATOR + probe;
    }
}
