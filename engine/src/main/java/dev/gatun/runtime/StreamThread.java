package dev.gatun.runtime;

import dev.gatun.natives.ThreadAffinity;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The thread of one stream: takes its seat, opens its lane, takes work until there is none. */
final class StreamThread {
    private final int index;
    private final Streamable model;
    private final WorkQueue queue;
    private final Seat seat;
    /** Whether it stays on the CPUs of its seat; there when the stream is ready, failed if it will never be. */
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    private final Thread thread;

    /**
     * Prepares the thread.
     *
     * @param seat taken from the ledger of the process
     */
    StreamThread(int index, Streamable model, WorkQueue queue, Seat seat) {
        this.index = index;
        this.model = model;
        this.queue = queue;
        this.seat = seat;
        this.thread = Thread.ofPlatform().name("gatun-stream-" + index).daemon().unstarted(this::live);
    }

    /** Starts the thread, or gives its cores back if there is none to be had. */
    StreamThread start() {
        try {
            thread.start();
            return this;
        } catch (Error e) {
            CoreLedger.PROCESS.release(seat.cores());
            throw e;
        }
    }

    private void live() {
        try {
            boolean seated = !seat.cpus().isEmpty() && ThreadAffinity.pin(seat.cpus());
            try (Lane lane = new Lane(model)) {
                if (seated && !seat.further().isEmpty()) {
                    // What cannot be pinned stays within the stream's cores.
                    boolean _ = lane.pin(seat.further());
                }
                ready.complete(seated);
                for (WorkQueue.Work work = queue.take(index); work != null; work = queue.take(index)) {
                    perform(work, lane);
                }
            }
        } catch (Throwable e) {
            if (!ready.completeExceptionally(e)) {
                throw e;
            }
        } finally {
            CoreLedger.PROCESS.release(seat.cores());
        }
    }

    private static void perform(WorkQueue.Work work, Lane lane) {
        try {
            work.run(lane);
        } catch (Throwable e) {
            report(e);
        }
    }

    /** Waits until the stream can take work. */
    void awaitReady() {
        try {
            ready.join();
        } catch (CompletionException e) {
            throw new StreamException(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    Thread thread() {
        return thread;
    }

    /** Waits for the end, whatever interrupts. */
    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The CPUs it stays on, or that it does not. */
    String where() {
        return ready.join() ? seat.cpus().toString() : "of the kernel's choice";
    }

    static void tell(Completion completion, @Nullable Throwable failure) {
        try {
            completion.done(failure);
        } catch (Throwable e) {
            report(e);
        }
    }

    private static void report(Throwable e) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        } catch (Throwable _) {
            // As where the JVM itself calls the handler. The stream goes on: others wait for it.
        }
    }
}
