package dev.gatun.quantize;

import dev.gatun.image.Preprocessor;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Simulations side by side, each on a thread with an OpenMP team of one. What comes out does not depend on how many there are. Owns the
 * simulations; used by one thread.
 */
final class Workers implements AutoCloseable {
    /** What is done with images that have been written to a simulation. */
    @FunctionalInterface
    interface Work<R> {
        /**
         * Runs on a thread of the workers.
         *
         * @param images which images the simulation has; what it holds behind them is not to be looked at
         */
        R run(Simulation simulation, List<Integer> images);
    }

    /** Batches that each thread may be ahead of who takes their results. */
    private static final int AHEAD = 2;

    private final CalibrationImages images;
    private final int batch;
    private final int threads;
    private final NativeStack owned;
    private final ExecutorService executor;
    private final BlockingQueue<Simulation> idle = new LinkedBlockingQueue<>();

    /**
     * Makes simulations.
     *
     * @param network of images of {@code batch} a run
     * @param count of threads
     */
    Workers(NodeNetwork network, CalibrationImages images, int batch, int count) {
        this.images = images;
        this.batch = batch;
        this.threads = count;
        try (NativeStack rollback = new NativeStack()) {
            for (int i = 0; i < count; i++) {
                idle.add(rollback.push(new Simulation(network)));
            }
            this.executor = rollback.push(Executors.newFixedThreadPool(
                    count,
                    Thread.ofPlatform().name("gatun-quantize-", 0).daemon().factory()));
            this.owned = rollback.detach();
        }
    }

    /**
     * Does something with images, a batch at a time.
     *
     * @param indices which images
     * @param sink takes the results in the order of the batches, on the calling thread
     */
    <R> void forEach(List<Integer> indices, Work<R> work, Consumer<R> sink) {
        Queue<Future<R>> running = new ArrayDeque<>();
        try {
            for (int at = 0; at < indices.size(); at += batch) {
                List<Integer> part = List.copyOf(indices.subList(at, Math.min(at + batch, indices.size())));
                running.add(executor.submit(() -> run(part, work)));
                if (running.size() > AHEAD * threads) {
                    sink.accept(running.remove().get());
                }
            }
            while (!running.isEmpty()) {
                sink.accept(running.remove().get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while quantising", e);
        } finally {
            running.forEach(future -> future.cancel(false));
        }
    }

    private <R> R run(List<Integer> indices, Work<R> work) throws InterruptedException {
        OneDnn.setThreads(1);
        Simulation simulation = idle.take();
        try {
            Preprocessor writer = new Preprocessor(images.preprocessing());
            long imageBytes = simulation.images().byteSize() / batch;
            for (int i = 0; i < indices.size(); i++) {
                writer.write(
                        images.crops().get(indices.get(i)), InputFormat.F32_NHWC, simulation.images(), i * imageBytes);
            }
            return work.run(simulation, indices);
        } finally {
            idle.add(simulation);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
