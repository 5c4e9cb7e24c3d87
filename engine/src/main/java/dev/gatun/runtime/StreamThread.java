package dev.gatun.runtime;

import dev.gatun.natives.Core;
import dev.gatun.natives.ThreadAffinity;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The thread of one stream: pins itself, opens its lane, takes work until there is none. */
final class StreamThread {
    private final int index;
    private final Streamable model;
    private final WorkQueue queue;
    private final List<Core> cores;
    /** Whether it is pinned; there when the stream is ready, failed if it will never be. */
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    private final Thread thread;

    /**
     * Prepares the thread.
     *
     * @param cores to pin to, taken from the ledger; empty not to
     */
    StreamThread(int index, Streamable model, WorkQueue queue, List<Core> cores) {
        this.index = index;
        this.model = model;
        this.queue = queue;
        this.cores = cores;
        this.thread = Thread.ofPlatform().name("gatun-stream-" + index).daemon().unstarted(this::live);
    }

    /** Starts the thread, or gives its cores back if there is none to be had. */
    StreamThread start() {
        try {
            thread.start();
            return this;
        } catch (Error e) {
            CoreLedger.PROCESS.release(cores);
            throw e;
        }
    }

    private void live() {
        try {
            boolean pinned = !cores.isEmpty() && ThreadAffinity.pin(cpus());
            try (Lane lane = new Lane(model)) {
                if (pinned && cores.size() > 1) {
                    // What cannot be pinned stays within the stream's cores.
                    boolean _ = lane.pin(
                            cores.stream().skip(1).map(StreamThread::cpu).toList());
                }
                ready.complete(pinned);
                for (WorkQueue.Work work = queue.take(index); work != null; work = queue.take(index)) {
                    perform(work, lane);
                }
            }
        } catch (Throwable e) {
            if (!ready.completeExceptionally(e)) {
                throw e;
            }
        } finally {
            CoreLedger.PROCESS.release(cores);
        }
    }

    private static void perform(WorkQueue.Work work, Lane lane) {
        try {
            work.run(lane);
        } catch (Throwable e) {
            report(e);
        }
    }

    /** One CPU of each core: siblings share its multipliers. */
    private BitSet cpus() {
        BitSet cpus = new BitSet();
        cores.forEach(core -> cpus.or(cpu(core)));
        return cpus;
    }

    private static BitSet cpu(Core core) {
        BitSet cpu = new BitSet();
        cpu.set(core.cpus().getFirst());
        return cpu;
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

    /** The CPUs it is pinned to, or that it is not. */
    String where() {
        return ready.join() ? cpus().toString() : "of the kernel's choice";
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
