package dev.gatun.runtime;

import dev.gatun.natives.Core;
import dev.gatun.natives.Machine;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Streams: long-lived platform threads, each with a session of its own and, where that is wise, on cores of its own or kept on a NUMA node
 * ({@link Pinning}). Takes work from any thread, also virtual ones. Owns threads and sessions until {@link #close()}; its threads do not
 * keep the JVM alive. Results are to the bit those of a single session: a stream runs the same plan.
 */
public final class StreamPool implements AutoCloseable {
    /** Batches that {@link #submit} takes for each stream before it blocks. */
    private static final int BACKLOG = 64;

    private final Streamable model;
    private final Placement placement;
    private final Batches batches;
    private final WorkQueue queue;
    private final Semaphore room;
    private final Object lock = new Object();
    /** First of a list, which a stream can add to without memory. */
    private @Nullable Submitted spare;

    private final List<StreamThread> streams = new ArrayList<>();

    /**
     * Starts the streams and opens their sessions, each in the memory next to its cores.
     *
     * @throws IllegalArgumentException if several streams have more threads than this process can use at full speed, or another number of
     *     threads each than the model runs with
     */
    public StreamPool(Streamable model, Placement placement) {
        Machine machine = Machine.current();
        // One is the least there can be, on as many threads as a session has.
        if (placement.streams() > 1) {
            placement.checkFits(machine);
        }
        if (placement.threads() != model.threads()) {
            throw new IllegalArgumentException(
                    "streams of " + placement.threads() + " threads, and the model runs with " + model.threads());
        }
        this.model = model;
        this.placement = placement;
        this.batches = Batches.of(model);
        this.queue = new WorkQueue(placement.streams());
        this.room = new Semaphore(BACKLOG * placement.streams());
        List<Core> cores = Seat.nearFirst(machine.cores(), Seat.currentCpu());
        try {
            for (int i = 0; i < placement.streams(); i++) {
                Seat seat = Seat.take(CoreLedger.PROCESS, placement, machine, cores);
                streams.add(new StreamThread(i, model, queue, seat).start());
            }
            streams.forEach(StreamThread::awaitReady);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Computes many images, batch by batch on all streams, and returns when all results are there. A last batch that is not full costs as
     * much as a full one.
     *
     * @param src images one after another; native, alive until this returns, of an arena that is not confined to a thread
     * @param dst results as {@link Streamable#results()} lays them out; native, writable, not overlapping {@code src}
     * @param images how many, at least 1
     * @throws IllegalArgumentException if a segment is none of that; nothing has been written then
     * @throws IllegalStateException if the pool or a segment's arena is closed, or this is the thread of a stream
     * @throws StreamException if a stream fails; {@code dst} then holds some of the results
     */
    public void run(MemorySegment src, MemorySegment dst, long images) {
        if (images < 1) {
            throw new IllegalArgumentException("images is " + images + ", expected at least 1");
        }
        refuseStreams("run");
        RunArguments.check(model, src, dst, images, streams.getFirst().thread());
        new Split(batches, queue, src, dst, images).run(streams.size());
    }

    /**
     * Has one batch computed by the first stream that is free. Blocks while as many batches wait as the pool takes; on the thread of a
     * stream that is an exception.
     *
     * @param src as for {@link #run}, but alive until the completion
     * @param dst as for {@link #run}, but alive until the completion
     * @param images from 1 to a batch
     * @param completion is told when the results are there, or why they will not be; on the thread of a stream, which should start no
     *     others ({@link Completion})
     */
    public void submit(MemorySegment src, MemorySegment dst, int images, Completion completion) {
        if (images < 1 || images > batches.size()) {
            throw new IllegalArgumentException("images is " + images + ", expected 1 to " + batches.size());
        }
        RunArguments.check(model, src, dst, images, streams.getFirst().thread());
        if (onStream()) {
            if (!room.tryAcquire()) {
                throw new IllegalStateException("too many batches wait: a stream cannot wait for itself");
            }
        } else {
            room.acquireUninterruptibly();
        }
        Submitted work = spare();
        work.set(src, dst, images, completion);
        try {
            queue.add(work);
        } catch (IllegalStateException closed) {
            work.recycle();
            throw closed;
        }
    }

    /**
     * {@link #submit(MemorySegment, MemorySegment, int, Completion)} of a batch, with a future as completion: what depends on it runs on the
     * thread of a stream, or is given to its executor there, as is true of any {@link Completion}.
     */
    public CompletableFuture<Void> submit(MemorySegment src, MemorySegment dst, int images) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        submit(src, dst, images, failure -> {
            if (failure == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /**
     * Runs {@code task} once on the thread of every stream and waits for all: for work that prepares images where they are computed.
     *
     * @param task is given the stream's lane, which it must not keep or close
     * @return what each stream returned
     * @throws StreamException if one failed, when all are done
     */
    public <T> List<T> onEach(Function<Lane, T> task) {
        refuseStreams("onEach");
        List<CompletableFuture<T>> futures = startOnEach(task);
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (CompletableFuture<T> future : futures) {
            try {
                results.add(future.join());
            } catch (CompletionException e) {
                failure = failure == null ? Objects.requireNonNullElse(e.getCause(), e) : failure;
            }
        }
        if (failure != null) {
            throw new StreamException(failure);
        }
        return results;
    }

    /** {@link #onEach} that does not wait. */
    <T> List<CompletableFuture<T>> startOnEach(Function<Lane, T> task) {
        List<CompletableFuture<T>> futures = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            CompletableFuture<T> future = new CompletableFuture<>();
            futures.add(future);
            queue.add(i, lane -> {
                try {
                    future.complete(task.apply(lane));
                } catch (Throwable e) {
                    future.completeExceptionally(e);
                }
            });
        }
        return futures;
    }

    /** What the streams run. */
    public Streamable model() {
        return model;
    }

    /** How many streams of how many threads, and why. */
    public Placement placement() {
        return placement;
    }

    Thread thread() {
        return streams.getFirst().thread();
    }

    void refuseStreams(String method) {
        if (onStream()) {
            throw new IllegalStateException(method + " on the thread of a stream would wait for itself");
        }
    }

    private boolean onStream() {
        // By index: neither a stream nor an iterator is allocated.
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).thread().equals(Thread.currentThread())) {
                return true;
            }
        }
        return false;
    }

    private Submitted spare() {
        synchronized (lock) {
            Submitted work = spare;
            if (work == null) {
                return new Submitted();
            }
            spare = work.next;
            return work;
        }
    }

    /** A batch of {@link #submit}; kept for the next one when it is done. */
    private final class Submitted implements WorkQueue.Work {
        private @Nullable MemorySegment src;
        private @Nullable MemorySegment dst;
        private int images;
        private @Nullable Completion completion;
        private @Nullable Submitted next;

        void set(MemorySegment src, MemorySegment dst, int images, Completion completion) {
            this.src = src;
            this.dst = dst;
            this.images = images;
            this.completion = completion;
        }

        void recycle() {
            src = null;
            dst = null;
            completion = null;
            synchronized (lock) {
                next = spare;
                spare = this;
            }
            room.release();
        }

        @Override
        public void run(Lane lane) {
            Completion told = Objects.requireNonNull(completion);
            Throwable failure = null;
            try {
                batches.run(lane, Objects.requireNonNull(src), Objects.requireNonNull(dst), 0, images, images);
            } catch (Throwable e) {
                failure = e;
            }
            recycle();
            StreamThread.tell(told, failure);
        }
    }

    /**
     * Computes what it has taken, then ends threads and sessions. May be called again.
     *
     * @throws IllegalStateException if this is the thread of a stream
     */
    @Override
    public void close() {
        refuseStreams("close");
        queue.close();
        streams.forEach(StreamThread::join);
    }

    @Override
    public String toString() {
        String where =
                streams.stream().map(StreamThread::where).distinct().toList().toString();
        return placement + ", on CPUs " + where.substring(1, where.length() - 1);
    }
}
