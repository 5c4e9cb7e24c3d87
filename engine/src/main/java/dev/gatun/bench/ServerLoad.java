package dev.gatun.bench;

import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.Streamable;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Single images that arrive at random at a given rate: LoadGen's Server. A latency counts from when an image was due to arrive, so that
 * a load generator that falls behind hides nothing.
 */
public final class ServerLoad {
    /** The share that may be late: MLPerf Inference asks for the 99th percentile of vision tasks (rules, "Scenarios"). */
    private static final double TAIL = 0.01;

    private static final double NANOS_PER_SECOND = 1e9;

    /** What the records of these many images still have room for. */
    private static final long MOST = 100_000_000;

    private final Batcher batcher;
    private final Duration bound;
    private final long seed;

    /**
     * What came of one rate.
     *
     * @param rate images a second that were to arrive
     * @param sent images that did; fewer than planned if it ended early
     * @param refused images that arrived when there was no room for any more
     * @param answered images a second that were answered
     * @param latencies from arrival to answer, of those that were not refused
     * @param bears whether it did not end early and 99 % of all were answered within the bound
     */
    public record Trial(double rate, long sent, long refused, double answered, Latencies latencies, boolean bears) {}

    /**
     * A load on {@code batcher}.
     *
     * @param bound that 99 % of the answers are to keep
     * @param seed of the arrivals
     */
    public ServerLoad(Batcher batcher, Duration bound, long seed) {
        this.batcher = batcher;
        this.bound = bound;
        this.seed = seed;
    }

    /**
     * Sends as many images as arrive in {@code measure} on average, at least one, and waits for the answers, however late they are.
     *
     * @param rate images a second
     * @throws IllegalArgumentException if more than 100 million arrive in that time
     * @throws dev.gatun.runtime.StreamException if one could not be computed
     */
    public Trial run(double rate, Duration measure) {
        return run(rate, measure, false);
    }

    /** As {@link #run}, but ends as soon as too many are late or refused for the rate to be borne. */
    public Trial attempt(double rate, Duration measure) {
        return run(rate, measure, true);
    }

    private Trial run(double rate, Duration measure, boolean mayEndEarly) {
        PoissonArrivals arrivals = new PoissonArrivals(rate, seed);
        long expected = Math.max(1, Math.round(rate * measure.toNanos() / NANOS_PER_SECOND));
        if (expected > MOST) {
            throw new IllegalArgumentException(rate + " images a second for " + measure + " are " + expected
                    + " arrivals, expected at most " + MOST);
        }
        int count = (int) expected;
        long mayBeLate = (long) (count * TAIL);
        Streamable model = batcher.model();
        try (Arena arena = Arena.ofShared()) {
            Clients clients = new Clients(model, arena, count, bound.toNanos());
            long start = System.nanoTime();
            int sent = 0;
            int refused = 0;
            while (sent + refused < count && !(mayEndEarly && clients.late() + refused > mayBeLate)) {
                long due = start + arrivals.next();
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
                if (clients.send(batcher, sent, due)) {
                    sent++;
                } else {
                    refused++;
                }
            }
            Latencies latencies = clients.await(sent);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            boolean bears = sent + refused == count && clients.late() + refused <= mayBeLate;
            return new Trial(rate, sent, refused, sent / seconds, latencies, bears);
        }
    }
}
