package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Many images that streams take batch by batch. After each batch a stream puts what is left at the end of the queue, so that callers
 * side by side share the streams.
 */
final class Split implements WorkQueue.Work {
    private final Batches batches;
    private final WorkQueue queue;
    private final MemorySegment src;
    private final MemorySegment dst;
    private final long images;
    private long next;
    private int queued;
    private @Nullable Throwable failure;

    Split(Batches batches, WorkQueue queue, MemorySegment src, MemorySegment dst, long images) {
        this.batches = batches;
        this.queue = queue;
        this.src = src;
        this.dst = dst;
        this.images = images;
    }

    /** Has the images computed by up to {@code streams} streams and waits for all of them. */
    void run(int streams) {
        int parts = (int) Math.min(streams, Math.ceilDiv(images, batches.size()));
        queued = parts;
        for (int i = 0; i < parts; i++) {
            try {
                queue.add(this);
            } catch (IllegalStateException closed) {
                if (i == 0) {
                    throw closed;
                }
                // The streams that have been told finish it all.
                leave(parts - i);
                break;
            }
        }
        await();
    }

    @Override
    public void run(Lane lane) {
        long first = claim();
        if (first >= images) {
            leave(1);
            return;
        }
        int count = (int) Math.min(batches.size(), images - first);
        try {
            batches.run(lane, src, dst, first, count, images);
        } catch (Throwable e) {
            fail(e);
        }
        // Only now: a part stands for a stream at work, and a caller may free its memory when none is left.
        queue.again(this);
    }

    private synchronized long claim() {
        long first = next;
        next = Math.min(images, next + batches.size());
        return first;
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        next = images;
    }

    private synchronized void leave(int parts) {
        queued -= parts;
        notifyAll();
    }

    private synchronized void await() {
        boolean interrupted = false;
        while (queued > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The streams are in the caller's memory: it cannot be let go.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new StreamException(failure);
        }
    }
}
