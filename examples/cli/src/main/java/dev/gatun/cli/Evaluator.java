package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.image.ImageFormatException;
import dev.gatun.runtime.Lane;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.StreamPool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model over samples. Every stream takes the next batch, reads its images and computes it on its own thread: reading and
 * computing overlap, and no core waits for another, as the threads of one team would.
 */
final class Evaluator {
    private final CompiledModel compiled;
    private final Samples samples;
    private final int limit;
    private final int batch;
    private final int classes;
    private final @Nullable Npy logits;
    private final Listener listener;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    /** Is told what happens, from any stream. */
    interface Listener {
        /** So many of the images are done. */
        void progress(int done, int total);

        /** An image cannot be read. */
        void unreadable(Exception problem);
    }

    /**
     * An evaluation.
     *
     * @param compiled for the format of the samples; any batch and streams
     * @param limit how many samples to take, at most as many as there are
     * @param logits takes the logits of all images, those of an unreadable one as NaN
     */
    Evaluator(CompiledModel compiled, Samples samples, int limit, @Nullable Npy logits, Listener listener) {
        this.compiled = compiled;
        this.samples = samples;
        this.limit = limit;
        this.batch = compiled.srcShape().intDim(0);
        this.classes = compiled.dstShape().intDim(1);
        this.logits = logits;
        this.listener = listener;
    }

    /** Evaluates on all streams; the first failure other than an unreadable image ends it. */
    Score run() {
        try (StreamPool pool = compiled.newPool()) {
            return pool.onEach(this::work).stream().reduce(Score.NONE, Score::plus);
        } catch (StreamException e) {
            throw new CommandException(Failures.describe(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private Score work(Lane lane) {
        Score score = Score.NONE;
        Samples.Loader loader = samples.newLoader();
        try {
            for (int first = next.getAndAdd(batch); first < limit; first = next.getAndAdd(batch)) {
                int count = Math.min(batch, limit - first);
                score = score.plus(evaluate(first, count, loader, lane));
                listener.progress(done.addAndGet(count), limit);
            }
        } catch (RuntimeException | Error e) {
            next.set(limit);
            throw e;
        }
        return score;
    }

    /** A last batch that is not full is run with whatever the segment held before behind its images, and that is not looked at. */
    private Score evaluate(int first, int count, Samples.Loader loader, Lane lane) {
        long imageBytes = compiled.srcBytes() / batch;
        int[] trueClasses = new int[count];
        for (int i = 0; i < count; i++) {
            trueClasses[i] = load(loader, first + i, lane.src(), i * imageBytes);
        }
        lane.run();
        float[] results = lane.dst().toArray(ValueLayout.JAVA_FLOAT);
        Score score = Score.NONE;
        for (int i = 0; i < count; i++) {
            score = score.plus(
                    trueClasses[i] < 0 ? Score.UNREADABLE : Score.of(results, i * classes, classes, trueClasses[i]));
        }
        if (logits != null) {
            write(logits, first, trueClasses, lane.dst());
        }
        return score;
    }

    /** The true class, or -1 if the image cannot be read. */
    private int load(Samples.Loader loader, int index, MemorySegment src, long byteOffset) {
        try {
            return loader.load(index, src, byteOffset);
        } catch (IOException | ImageFormatException e) {
            listener.unreadable(e);
            return -1;
        }
    }

    private void write(Npy to, int first, int[] trueClasses, MemorySegment results) {
        for (int i = 0; i < trueClasses.length; i++) {
            for (int c = 0; trueClasses[i] < 0 && c < classes; c++) {
                results.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * classes + c, Float.NaN);
            }
        }
        to.rows(first, results.asSlice(0, (long) trueClasses.length * classes * Float.BYTES));
    }
}
