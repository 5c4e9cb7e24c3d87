package dev.gatun.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What streams have to do: work for whichever comes first, and work for each of them. Thread-safe. A monitor rather than
 * java.util.concurrent's queues, since those allocate a node whenever a thread waits.
 */
final class WorkQueue {
    /** Something a stream does on its thread. Tells its caller of failures itself; what it throws is nobody's, and the stream goes on. */
    @FunctionalInterface
    interface Work {
        void run(Lane lane);
    }

    private final Deque<Work> shared = new ArrayDeque<>();
    private final List<Deque<Work>> own;
    private boolean closed;

    WorkQueue(int streams) {
        own = Stream.<Deque<Work>>generate(ArrayDeque::new).limit(streams).toList();
    }

    /** Adds work for the first stream that is free. */
    synchronized void add(Work work) {
        checkOpen();
        shared.add(work);
        notify();
    }

    /** Adds the rest of a work that was taken before, even if closed meanwhile. */
    synchronized void again(Work rest) {
        shared.add(rest);
        notify();
    }

    /** Adds work for one stream. */
    synchronized void add(int stream, Work work) {
        checkOpen();
        own.get(stream).add(work);
        notifyAll();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the stream pool is closed");
        }
    }

    /** Waits for work; null when there is none and will be none. */
    synchronized @Nullable Work take(int stream) {
        Deque<Work> mine = own.get(stream);
        while (true) {
            Work work = mine.isEmpty() ? shared.poll() : mine.poll();
            if (work != null || closed) {
                return work;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody but a completion has this thread to interrupt; the stream goes on.
            }
        }
    }

    /** Refuses more work; what is there is still taken. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
