package dev.gatun;

import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.onednn.NativeStack;
import dev.gatun.spec.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/**
 * Images in, predictions out: decodes, prepares, runs and ranks, one image after the other. Owns its session and buffers. One
 * thread at a time.
 */
public final class Classifier implements AutoCloseable {
    private final Labels labels;
    private final Preprocessor preprocessor;
    private final CompileOptions options;
    private final NativeStack owned;
    private final Session session;
    private final MemorySegment src;
    private final MemorySegment dst;
    private final float[] logits;

    /**
     * Compiles {@code model} for single images.
     *
     * @param options its batch has to be 1, its size what the model's preprocessing crops to, and its results logits
     * @throws IllegalArgumentException if they are not
     */
    public Classifier(Model model, CompileOptions options) {
        Preprocessing preprocessing = model.preprocessing();
        this.labels = model.labels();
        this.preprocessor = new Preprocessor(preprocessing);
        this.options = options;
        try (NativeStack rollback = new NativeStack()) {
            CompiledModel compiled = rollback.push(model.compile(options));
            Shape shape = compiled.srcShape();
            if (shape.dim(0) != 1
                    || options.softmax()
                    || shape.dim(2) != preprocessing.cropHeight()
                    || shape.dim(3) != preprocessing.cropWidth()) {
                throw new IllegalArgumentException("options ask for images " + shape
                        + (options.softmax() ? " and probabilities" : "") + ", expected logits of one image of "
                        + preprocessing.cropHeight() + "x" + preprocessing.cropWidth());
            }
            this.session = rollback.push(compiled.newSession());
            Arena arena = rollback.push(Arena.ofShared());
            this.src = arena.allocate(compiled.srcBytes(), Float.BYTES);
            this.dst = arena.allocate(compiled.dstBytes(), Float.BYTES);
            this.logits = new float[model.spec().head().classes()];
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
    public List<Prediction> classify(RgbImage image, int count) {
        preprocessor.apply(image, options.input(), src, 0);
        session.run(src, dst);
        MemorySegment.copy(dst, ValueLayout.JAVA_FLOAT, 0, logits, 0, logits.length);
        return Prediction.top(logits, labels, count);
    }

    /** Frees session and buffers. May be called again. */
    @Override
    public void close() {
        owned.close();
    }
}
