package dev.gatun.benchmarks.peers;

import java.util.List;

/**
 * What was done in a time.
 *
 * @param images number of them
 * @param nanos time
 */
record Rate(long images, long nanos) {
    private static final double NANOS_PER_SECOND = 1e9;

    /** What lanes did together that ended at times of their own: none is charged with the waiting for the last. */
    static Rate sum(List<Rate> lanes) {
        long images = lanes.stream().mapToLong(Rate::images).sum();
        double rate = lanes.stream().mapToDouble(Rate::imagesPerSecond).sum();
        return new Rate(images, Math.round(images * NANOS_PER_SECOND / rate));
    }

    double imagesPerSecond() {
        return images * NANOS_PER_SECOND / nanos;
    }
}
