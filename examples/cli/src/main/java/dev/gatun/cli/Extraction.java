package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.ImageFormatException;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.runtime.Lane;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a model over image files, one image a run; every stream reads and computes on its own thread.
 *
 * @param compiled for single images of {@link #FORMAT}
 * @param preprocessing of the images, to the size that it was compiled for
 * @param decoding of the files
 */
record Extraction(CompiledModel compiled, Preprocessing preprocessing, DecodeOptions decoding) {
    static final InputFormat FORMAT = InputFormat.F32_NCHW;

    /** Takes results, from any stream. */
    interface Sink {
        /** What the model put out for an image; lent until this returns. */
        void results(int image, MemorySegment dst);

        /** An image cannot be read. */
        void unreadable(int image, Exception problem);

        /** So many of the images are done. */
        void progress(int done, int total);
    }

    /** Computes all files; the first failure other than an unreadable image ends it. */
    void run(List<Path> files, Sink sink) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (StreamPool pool = compiled.newPool()) {
            pool.onEach(lane -> {
                work(files, sink, next, done, lane);
                return true;
            });
        } catch (StreamException e) {
            throw new CommandException(Failures.describe(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private void work(List<Path> files, Sink sink, AtomicInteger next, AtomicInteger done, Lane lane) {
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        try {
            for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
                if (read(preprocessor, files.get(i), i, sink, lane)) {
                    lane.run();
                    sink.results(i, lane.dst());
                }
                sink.progress(done.incrementAndGet(), files.size());
            }
        } catch (RuntimeException | Error e) {
            next.set(files.size());
            throw e;
        }
    }

    private boolean read(Preprocessor preprocessor, Path file, int image, Sink sink, Lane lane) {
        try {
            preprocessor.apply(ImageDecoder.decode(file, decoding), FORMAT, lane.src(), 0);
            return true;
        } catch (IOException | ImageFormatException e) {
            sink.unreadable(image, e);
            return false;
        }
    }
}
