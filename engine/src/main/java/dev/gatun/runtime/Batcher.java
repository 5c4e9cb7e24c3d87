package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Single images in, batches over streams of its own, and each result to its caller: for servers. A stream that is free takes what waits,
 * up to a batch; if that is less it waits for more, until the first has waited {@code maxDelay}. Thread-safe, also for virtual threads.
 */
public final class Batcher implements AutoCloseable {
    private final StreamPool pool;
    private final Batches batches;
    private final long maxDelayNanos;
    private final Semaphore room;
    /** Held by the one stream that collects a batch; the others queue for it. */
    private final Object turn = new Object();

    private final Object lock = new Object();
    private final Deque<Request> waiting = new ArrayDeque<>();
    /** First of a list, which a stream can add to without memory. */
    private @Nullable Request spare;

    private @Nullable Thread collector;
    private boolean closed;

    /** An image that waits, kept for the next one when it is done. */
    private static final class Request {
        private MemorySegment image = MemorySegment.NULL;
        private MemorySegment result = MemorySegment.NULL;
        private @Nullable Completion completion;
        private @Nullable Throwable failure;
        private @Nullable Request next;
        private long since;
    }

    /**
     * Starts the streams.
     *
     * @param maxDelay how long an image may wait for others to share its batch; zero for not at all
     * @param capacity images that wait before {@link #submit} blocks and {@link #offer} refuses, at least a batch
     */
    public Batcher(Streamable model, Placement placement, Duration maxDelay, int capacity) {
        this.batches = Batches.of(model);
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay is " + maxDelay + ", expected at least zero");
        }
        if (capacity < batches.size()) {
            throw new IllegalArgumentException(
                    "capacity is " + capacity + ", expected at least a batch of " + batches.size());
        }
        this.maxDelayNanos = maxDelay.toNanos();
        this.room = new Semaphore(capacity);
        this.pool = new StreamPool(model, placement);
        pool.startOnEach(lane -> {
            serve(lane);
            return true;
        });
    }

    /**
     * Takes an image unless too many wait.
     *
     * @param image native, of an arena that is not confined to a thread, alive and unchanged until the completion
     * @param result as {@link Streamable#results()} lays out those of one image; native, alive until the completion, not overlapping {@code image}
     * @param completion is told when the result is there, or why it will not be; on the thread of a stream, which should start no others
     *     ({@link Completion})
     * @return whether it was taken
     * @throws IllegalArgumentException if a segment is none of that
     * @throws IllegalStateException if this or a segment's arena is closed
     */
    public boolean offer(MemorySegment image, MemorySegment result, Completion completion) {
        RunArguments.check(pool.model(), image, result, 1, pool.thread());
        if (!room.tryAcquire()) {
            checkOpen();
            return false;
        }
        enqueue(image, result, completion);
        return true;
    }

    /** {@link #offer}, but waits while too many wait. Not for completions, which would wait for themselves. */
    public void submit(MemorySegment image, MemorySegment result, Completion completion) {
        RunArguments.check(pool.model(), image, result, 1, pool.thread());
        room.acquireUninterruptibly();
        enqueue(image, result, completion);
    }

    /**
     * {@link #submit(MemorySegment, MemorySegment, Completion)} with a future as completion: what depends on it runs on the thread of a
     * stream, or is given to its executor there, as is true of any {@link Completion}.
     */
    public CompletableFuture<Void> submit(MemorySegment image, MemorySegment result) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        submit(image, result, failure -> {
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /**
     * Computes one image together with those of other callers, and waits for its result.
     *
     * @throws StreamException if it failed
     */
    public void run(MemorySegment image, MemorySegment result) {
        try {
            submit(image, result).join();
        } catch (CompletionException e) {
            throw new StreamException(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private void enqueue(MemorySegment image, MemorySegment result, Completion completion) {
        synchronized (lock) {
            if (closed) {
                room.release();
                checkOpen();
            }
            Request request = spare();
            request.image = image;
            request.result = result;
            request.completion = completion;
            request.since = System.nanoTime();
            waiting.add(request);
            if (waiting.size() == 1 || waiting.size() == batches.size()) {
                LockSupport.unpark(collector);
            }
        }
    }

    private Request spare() {
        Request request = spare;
        if (request == null) {
            return new Request();
        }
        spare = request.next;
        return request;
    }

    private void checkOpen() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the batcher is closed");
            }
        }
    }

    private void serve(Lane lane) {
        Request[] batch = new Request[batches.size()];
        for (int count = collect(batch); count > 0; count = collect(batch)) {
            compute(lane, batch, count);
            for (int i = 0; i < count; i++) {
                finish(batch[i]);
            }
        }
    }

    /** Waits for images and moves them to {@code batch}; 0 when there will be none. */
    private int collect(Request[] batch) {
        synchronized (turn) {
            while (true) {
                long pause;
                synchronized (lock) {
                    pause = pauseNanos();
                    if (pause <= 0) {
                        return take(batch);
                    }
                    collector = Thread.currentThread();
                }
                // Not Object.wait, which counts in milliseconds; not a Condition, which allocates.
                LockSupport.parkNanos(this, pause);
                // Whoever interrupted this thread would have it spin.
                Thread.interrupted();
            }
        }
    }

    /** How long to wait for more images; 0 or less for no longer. */
    private long pauseNanos() {
        if (closed || waiting.size() >= batches.size()) {
            return 0;
        }
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.element().since + maxDelayNanos - System.nanoTime();
    }

    private int take(Request[] batch) {
        int count = Math.min(batch.length, waiting.size());
        for (int i = 0; i < count; i++) {
            batch[i] = waiting.remove();
        }
        room.release(count);
        return count;
    }

    private void compute(Lane lane, Request[] batch, int count) {
        try {
            if (batches.size() == 1) {
                lane.run(batch[0].image, batch[0].result);
                return;
            }
            for (int i = 0; i < count; i++) {
                gather(lane, batch[i], i);
            }
            lane.run();
            for (int i = 0; i < count; i++) {
                scatter(lane, batch[i], i);
            }
        } catch (Throwable e) {
            for (int i = 0; i < count; i++) {
                batch[i].failure = e;
            }
        }
    }

    /** The failure of one caller's memory is not that of the others in its batch, whose results do not depend on it. */
    private void gather(Lane lane, Request request, int place) {
        try {
            MemorySegment.copy(request.image, 0, lane.src(), place * batches.imageBytes(), batches.imageBytes());
        } catch (RuntimeException e) {
            request.failure = e;
        }
    }

    private void scatter(Lane lane, Request request, int place) {
        if (request.failure == null) {
            try {
                batches.scatter(lane.dst(), place, request.result, 0, 1, 1);
            } catch (RuntimeException e) {
                request.failure = e;
            }
        }
    }

    private void finish(Request request) {
        Completion told = Objects.requireNonNull(request.completion);
        Throwable failure = request.failure;
        request.image = MemorySegment.NULL;
        request.result = MemorySegment.NULL;
        request.completion = null;
        request.failure = null;
        synchronized (lock) {
            request.next = spare;
            spare = request;
        }
        StreamThread.tell(told, failure);
    }

    /** What the streams run. */
    public Streamable model() {
        return pool.model();
    }

    /** How many streams of how many threads, and why. */
    public Placement placement() {
        return pool.placement();
    }

    /**
     * Computes what it has taken, then ends the streams. May be called again.
     *
     * @throws IllegalStateException if this is the thread of a stream
     */
    @Override
    public void close() {
        pool.refuseStreams("close");
        synchronized (lock) {
            closed = true;
            LockSupport.unpark(collector);
        }
        pool.close();
    }
}
