package dev.gatun.bench;

import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.Completion;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.Streamable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Those who wait for answers in a server's trial. Sends on one thread; is answered on any. */
final class Clients {
    /** Who waits beyond this is not served any more: the rate is far too high. */
    private static final int MOST = 2048;
    /** Different images in memory, so that they do not all come from a cache. */
    private static final int IMAGES = 16;

    private static final int CACHE_LINE = 64;

    private final BlockingQueue<Client> idle = new ArrayBlockingQueue<>(MOST);
    private final long[] nanos;
    private final long bound;
    private final AtomicInteger late = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** One that waits for an answer at a time. */
    private final class Client implements Completion {
        private final MemorySegment image;
        private final MemorySegment result;
        private int query;
        private long due;

        Client(MemorySegment image, MemorySegment result) {
            this.image = image;
            this.result = result;
        }

        @Override
        public void done(@Nullable Throwable problem) {
            nanos[query] = System.nanoTime() - due;
            if (nanos[query] > bound) {
                late.incrementAndGet();
            }
            if (problem != null) {
                failure.compareAndSet(null, problem);
            }
            idle.add(this);
        }
    }

    Clients(Streamable model, Arena arena, int queries, long bound) {
        this.nanos = new long[queries];
        this.bound = bound;
        long imageBytes = model.srcBytes() / model.batch();
        long resultBytes = model.results().bytes(1);
        MemorySegment[] images = new MemorySegment[IMAGES];
        Arrays.setAll(images, _ -> arena.allocate(imageBytes, CACHE_LINE));
        for (int i = 0; i < MOST; i++) {
            idle.add(new Client(images[i % IMAGES], arena.allocate(resultBytes, CACHE_LINE)));
        }
    }

    /** Asks for an answer that was due to be asked for at {@code due}; false if there is nobody left to ask. */
    boolean send(Batcher batcher, int query, long due) {
        Client client = idle.poll();
        if (client == null) {
            return false;
        }
        client.query = query;
        client.due = due;
        boolean taken;
        try {
            taken = batcher.offer(client.image, client.result, client);
        } catch (RuntimeException e) {
            idle.add(client);
            throw e;
        }
        if (!taken) {
            idle.add(client);
        }
        return taken;
    }

    /** Answers that came late so far. */
    int late() {
        return late.get();
    }

    /** Waits for all answers. */
    Latencies await(int sent) {
        boolean interrupted = false;
        int back = 0;
        while (back < MOST) {
            try {
                idle.take();
                back++;
            } catch (InterruptedException e) {
                // Streams are in the memory of those who wait: it cannot be let go.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable problem = failure.get();
        if (problem != null) {
            throw new StreamException(problem);
        }
        return Latencies.of(Arrays.copyOf(nanos, Math.max(1, sent)));
    }
}
