package dev.gatun;

import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.onednn.NativeStack;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/**
 * Images in, predictions out: decodes, prepares, runs and ranks, one image after the other. Owns its session and
 * buffers. Threads that share one wait for each other.
 */
public final class Classifier implements AutoCloseable {
    private final Labels labels;
    private final Preprocessor preprocessor;
    private final InputFormat format;
    private final NativeStack owned;
    private final Session session;
    private final MemorySegment src;
    private final MemorySegment dst;
    private final float[] logits;

    /**
     * Compiles {@code model} for single images of the size that its preprocessing crops to.
     *
     * @param options precision, threads and layout of the images; batch, size and softmax are set here
     * @throws IllegalArgumentException if the model's preprocessing has no crop
     */
    public Classifier(Model model, CompileOptions options) {
        Preprocessing preprocessing = model.preprocessing();
        if (preprocessing.cropHeight() == 0) {
            throw new IllegalArgumentException(model + " leaves images at their own size, expected a crop");
        }
        if (model.classes() == 0) {
            throw new IllegalArgumentException(model + " puts out features, expected classes");
        }
        this.labels = model.labels();
        this.preprocessor = new Preprocessor(preprocessing);
        this.format = options.input();
        CompileOptions single = options.withBatch(1)
                .withSize(preprocessing.cropHeight(), preprocessing.cropWidth())
                .withSoftmax(false);
        try (NativeStack rollback = new NativeStack()) {
            CompiledModel compiled = rollback.push(model.compile(single));
            Arena arena = rollback.push(Arena.ofShared());
            this.src = compiled.allocateSrc(arena);
            this.dst = compiled.allocateDst(arena);
            this.session = rollback.push(compiled.newSession());
            this.logits = new float[model.classes()];
            this.owned = rollback.detach();
        }
    }

    /**
     * Names what is in an image file.
     *
     * @param count of predictions, best first
     * @throws dev.gatun.image.ImageFormatException if it is no image that can be read
     * @throws IOException if the file cannot be read
     */
    public List<Prediction> classify(Path image, int count) throws IOException {
        return classify(ImageDecoder.decode(image), count);
    }

    /** Names what is in an image. */
    public synchronized List<Prediction> classify(RgbImage image, int count) {
        preprocessor.apply(image, format, src, 0);
        session.run(src, dst);
        MemorySegment.copy(dst, ValueLayout.JAVA_FLOAT, 0, logits, 0, logits.length);
        return Prediction.top(logits, labels, count);
    }

    /** Frees session and buffers. May be called again. */
    @Override
    public synchronized void close() {
        owned.close();
    }
}
