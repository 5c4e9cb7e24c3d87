package dev.gatun.benchmarks.peers;

/**
 * What was done in a time.
 *
 * @param images number of them
 * @param nanos time
 */
record Rate(long images, long nanos) {
    private static final double NANOS_PER_SECOND = 1e9;

    double imagesPerSecond() {
        return images * NANOS_PER_SECOND / nanos;
    }
}
