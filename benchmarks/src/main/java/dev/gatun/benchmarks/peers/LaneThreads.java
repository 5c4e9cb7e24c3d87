package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Lanes with their threads. Owns both. For one caller at a time. */
final class LaneThreads implements AutoCloseable {
    private final Lanes lanes;
    private final Setup setup;
    private final List<ExecutorService> threads = new ArrayList<>();

    /** Takes {@code lanes}, which are closed if entering one fails. */
    LaneThreads(Lanes lanes, Setup setup) throws Exception {
        this.lanes = lanes;
        this.setup = setup;
        try {
            for (int i = 0; i < setup.lanes(); i++) {
                int lane = i;
                threads.add(Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("lane-" + lane).daemon(true).factory()));
                in(lane, () -> {
                    lanes.enter(lane);
                    return lane;
                });
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    Setup setup() {
        return setup;
    }

    /** Nanoseconds of each run of lane 0, one after the other: at least {@code runs}, and more for about {@code nanos}. */
    List<Long> latencies(int runs, long nanos) throws Exception {
        return in(0, () -> {
            List<Long> times = new ArrayList<>();
            long begin = System.nanoTime();
            while (times.size() < runs || System.nanoTime() - begin < nanos) {
                long start = System.nanoTime();
                lanes.run(0);
                times.add(System.nanoTime() - start);
            }
            return times;
        });
    }

    /**
     * Runs of lane 0, one after the other, each between two probes: at least {@code runs}, more for about {@code nanos}, and up to {@code
     * patience} times as long until {@code calm} of them lay between probes of at most {@code quiet} nanoseconds.
     */
    List<Timed> probed(int runs, long nanos, Probe probe, int calm, long quiet, int patience) throws Exception {
        return in(0, () -> {
            List<Timed> times = new ArrayList<>();
            int missing = calm;
            long begin = System.nanoTime();
            long elapsed = 0;
            while (times.size() < runs || elapsed < nanos || (missing > 0 && elapsed < patience * nanos)) {
                long before = probe.nanos();
                long start = System.nanoTime();
                lanes.run(0);
                long took = System.nanoTime() - start;
                Timed timed = new Timed(took, Math.max(before, probe.nanos()));
                missing -= timed.probe() <= quiet ? 1 : 0;
                times.add(timed);
                elapsed = System.nanoTime() - begin;
            }
            return times;
        });
    }

    /** Runs all lanes at once for about {@code nanos}; a lane begins its last run before that time is over. */
    Rate rate(long nanos) throws Exception {
        Optional<Rate> own = lanes.rate(nanos);
        if (own.isPresent()) {
            return own.orElseThrow();
        }
        long start = System.nanoTime();
        List<Future<Rate>> futures = new ArrayList<>();
        for (int i = 0; i < setup.lanes(); i++) {
            int lane = i;
            futures.add(threads.get(lane).submit(() -> {
                long images = 0;
                long elapsed;
                do {
                    lanes.run(lane);
                    images += setup.batch();
                    elapsed = System.nanoTime() - start;
                } while (elapsed < nanos);
                return new Rate(images, elapsed);
            }));
        }
        List<Rate> rates = new ArrayList<>();
        for (Future<Rate> future : futures) {
            rates.add(get(future));
        }
        return Rate.sum(rates);
    }

    /** The logits of lane 0 after one more run. */
    float[] logits() throws Exception {
        return in(0, () -> {
            lanes.run(0);
            return lanes.logits(0);
        });
    }

    private <T> T in(int lane, Callable<T> work) throws Exception {
        return get(threads.get(lane).submit(work));
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Lets the runs under way end, then closes the lanes. */
    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
        lanes.close();
    }
}
