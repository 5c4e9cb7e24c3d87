package dev.gatun.bench;

import dev.gatun.natives.CoreAnswers;
import java.util.Optional;

/**
 * How much was done in how long. Immutable.
 *
 * @param images that were computed
 * @param imagesPerSecond of all streams together
 * @param batches times of single batches
 * @param cores whether this process found them shared meanwhile; (0, 0) where nothing runs on tiles
 * @param alone times of those batches that never found a core shared; empty where there were none, or several streams that cannot be told
 *     from each other
 */
public record Throughput(
        long images, double imagesPerSecond, Latencies batches, CoreAnswers cores, Optional<Latencies> alone) {}
