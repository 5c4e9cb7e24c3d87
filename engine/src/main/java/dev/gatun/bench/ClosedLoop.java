package dev.gatun.bench;

import dev.gatun.natives.CoreAnswers;
import dev.gatun.runtime.Lane;
import dev.gatun.runtime.StreamPool;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Streams that compute one batch after another: LoadGen's SingleStream with one of them, its Offline with all. Nothing but the run is in a
 * time; images are zeros, which cost as much as others.
 */
public final class ClosedLoop {
    private static final double NANOS_PER_SECOND = 1e9;
    /** Whatever the time, first runs do not count: code pages in, clocks rise. */
    private static final int WARMUP_RUNS = 3;

    private ClosedLoop() {}

    /** One stream's part. */
    private record Part(long images, double imagesPerSecond, Samples samples, Samples alone) {}

    /**
     * Keeps all streams of {@code pool} busy.
     *
     * @param warmup first, not counted
     * @param measure then
     */
    public static Throughput run(StreamPool pool, Duration warmup, Duration measure) {
        int batch = pool.model().batch();
        CoreAnswers before = CoreAnswers.soFar();
        List<Part> parts = pool.onEach(lane -> part(lane, batch, warmup.toNanos(), measure.toNanos()));
        CoreAnswers cores = CoreAnswers.soFar().since(before);
        long[] nanos = parts.stream()
                .map(part -> part.samples().toArray())
                .flatMapToLong(Arrays::stream)
                .toArray();
        Samples alone = parts.getFirst().alone();
        return new Throughput(
                parts.stream().mapToLong(Part::images).sum(),
                parts.stream().mapToDouble(Part::imagesPerSecond).sum(),
                Latencies.of(nanos),
                cores,
                parts.size() == 1 && alone.count() > 0 ? Optional.of(Latencies.of(alone.toArray())) : Optional.empty());
    }

    private static Part part(Lane lane, int batch, long warmup, long measure) {
        Samples samples = new Samples();
        Samples alone = new Samples();
        long warm = System.nanoTime() + warmup;
        for (int i = 0; i < WARMUP_RUNS || System.nanoTime() < warm; i++) {
            lane.run();
        }
        CoreAnswers before = CoreAnswers.soFar();
        long start = System.nanoTime();
        long last = start;
        while (samples.count() == 0 || last - start < measure) {
            lane.run();
            long now = System.nanoTime();
            samples.add(now - last);
            CoreAnswers after = CoreAnswers.soFar();
            if (after.since(before).alone()) {
                alone.add(now - last);
            }
            before = after;
            last = now;
        }
        long images = (long) samples.count() * batch;
        return new Part(images, images * NANOS_PER_SECOND / (last - start), samples, alone);
    }
}
