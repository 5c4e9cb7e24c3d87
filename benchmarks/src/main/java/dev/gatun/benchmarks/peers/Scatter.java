package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * How far times scatter on this machine for which no contestant is to blame: those of multiplications in one register, each of which waits
 * for the one before, on threads that wait for each other as often as those of a network do. No cache and hardly a core's other
 * hyperthread hold them up, only the loss of a CPU. For one thread.
 */
final class Scatter {
    /** As ResNet-50 has convolutions. */
    private static final int PIECES = 53;

    private static final int TRIAL = 1_000_000;
    private static final int TRIALS = 20;

    /** Any odd number will do; this one is Knuth's (The Art of Computer Programming, volume 2, 3.3.4). */
    private static final long FACTOR = 6_364_136_223_846_793_005L;

    private final int threads;
    private final int multiplications;
    private final List<Double> nanos = new ArrayList<>();
    private final AtomicLong product = new AtomicLong();

    /**
     * Finds out how long a multiplication takes.
     *
     * @param threads of a run
     * @param nanos that a run takes about when nothing holds it up
     */
    Scatter(int threads, double nanos) {
        this.threads = threads;
        double quickest =
                IntStream.range(0, TRIALS).mapToDouble(_ -> trial()).min().orElseThrow();
        multiplications = (int) Math.max(1, nanos / PIECES / quickest);
    }

    private double trial() {
        long start = System.nanoTime();
        product.addAndGet(multiply(TRIAL));
        return (double) (System.nanoTime() - start) / TRIAL;
    }

    /** Takes the time {@code runs} more times, after one that does not count. */
    void take(int runs) {
        AtomicLong arrivals = new AtomicLong();
        try (ExecutorService others = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("scatter").daemon(true).factory())) {
            for (int i = 1; i < threads; i++) {
                others.execute(() -> IntStream.rangeClosed(0, runs).forEach(run -> run(arrivals, run)));
            }
            for (int run = 0; run <= runs; run++) {
                long start = System.nanoTime();
                run(arrivals, run);
                if (run > 0) {
                    nanos.add((double) (System.nanoTime() - start));
                }
            }
        }
    }

    private void run(AtomicLong arrivals, int run) {
        long value = 0;
        for (int piece = 1; piece <= PIECES; piece++) {
            value += multiply(multiplications);
            long all = (long) threads * (run * PIECES + piece);
            arrivals.incrementAndGet();
            while (arrivals.get() < all) {
                Thread.onSpinWait();
            }
        }
        product.addAndGet(value);
    }

    private static long multiply(int times) {
        long value = 1;
        for (int i = 0; i < times; i++) {
            // Shifted, for factors alone the JVM would multiply once for many.
            value = (value ^ value >>> 32) * FACTOR;
        }
        return value;
    }

    /** What they end with, in sum. */
    long product() {
        return product.get();
    }

    /** The times of the runs so far, in nanoseconds. */
    List<Double> nanos() {
        return List.copyOf(nanos);
    }
}
