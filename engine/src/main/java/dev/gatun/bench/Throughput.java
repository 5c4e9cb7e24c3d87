package dev.gatun.bench;

/**
 * How much was done in how long. Immutable.
 *
 * @param images that were computed
 * @param imagesPerSecond of all streams together
 * @param batches times of single batches
 */
public record Throughput(long images, double imagesPerSecond, Latencies batches) {}
