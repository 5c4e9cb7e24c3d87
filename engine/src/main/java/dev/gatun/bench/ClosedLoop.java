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
    private record Part(long images, double imagesPerSecond, Samples samples, Samples alone, CoreAnswers cores) {}

    /**
     * Keeps all streams of {@code pool} busy.
     *
     * @param warmup first, not counted
     * @param measure then
     */
    public static Throughput run(StreamPool pool, Duration warmup, Duration measure) {
        int batch = pool.model().batch();
        boolean only = pool.placement().streams() == 1;
        List<Part> parts = pool.onEach(lane -> part(lane, batch, only, warmup.toNanos(), measure.toNanos()));
        long[] nanos = parts.stream()
                .map(part -> part.samples().toArray())
                .flatMapToLong(Arrays::stream)
                .toArray();
        Part first = parts.getFirst();
        return new Throughput(
                parts.stream().mapToLong(Part::images).sum(),
                parts.stream().mapToDouble(Part::imagesPerSecond).sum(),
                Latencies.of(nanos),
                first.cores(),
                first.alone().count() > 0
                        ? Optional.of(Latencies.of(first.alone().toArray()))
                        : Optional.empty());
    }

    /** @param only whether all that cores answer is about this stream */
    private static Part part(Lane lane, int batch, boolean only, long warmup, long measure) {
        Samples samples = new Samples();
        Samples alone = new Samples();
        long warm = System.nanoTime() + warmup;
        for (int i = 0; i < WARMUP_RUNS || System.nanoTime() < warm; i++) {
            lane.run();
        }
        CoreAnswers first = CoreAnswers.soFar();
        CoreAnswers before = first;
        long start = System.nanoTime();
        long end = start;
        while (samples.count() == 0 || end - start < measure) {
            long begun = System.nanoTime();
            lane.run();
            end = System.nanoTime();
            samples.add(end - begun);
            if (only) {
                CoreAnswers after = CoreAnswers.soFar();
                if (after.since(before).alone()) {
                    alone.add(end - begun);
                }
                before = after;
            }
        }
        CoreAnswers cores = CoreAnswers.soFar().since(first);
        long images = (long) samples.count() * batch;
        return new Part(images, images * NANOS_PER_SECOND / (end - start), samples, alone, cores);
    }
}
