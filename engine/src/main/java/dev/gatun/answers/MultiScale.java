package dev.gatun.answers;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.runtime.Lane;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.InputSpec;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Multi-scale testing of He et al. 2016, section 3.4: an image is resized so that its shorter side has each of several lengths, the network,
 * fully convolutional but for its pooled end, looks at the whole of each, and the answers are averaged ({@link Consensus}).
 *
 * <p>The longer side is cropped at both ends until it exceeds the shorter one by a multiple of {@value #STEP} pixels, the reduction of
 * ImageNet's networks, so that images of many proportions share the networks compiled for few sizes. Keeps those of the last sizes it saw;
 * belongs to the thread that made it and owns what it compiled until {@link #close()}.
 */
public final class MultiScale implements AutoCloseable {
    /** The scales of the paper. */
    public static final List<Integer> PAPER = List.of(224, 256, 384, 480, 640);

    private static final int STEP = 32;

    /** Landscape and portrait of one camera. */
    private static final int SIZES_KEPT_A_SCALE = 2;

    private final Model model;
    private final CompileOptions options;
    private final List<Integer> scales;
    private final SequencedMap<Size, Compiled> kept = new LinkedHashMap<>();

    private record Size(int height, int width) {}

    private record Compiled(CompiledModel model, Lane lane) implements AutoCloseable {
        @Override
        public void close() {
            lane.close();
            model.close();
        }
    }

    /**
     * What a model says of an image at one scale.
     *
     * @param height of what it saw
     * @param width of what it saw
     * @param logits one for each class
     * @param nanos that its run took
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record View(int height, int width, float[] logits, long nanos) {}

    /**
     * A model that has compiled nothing yet.
     *
     * @param model with classes
     * @param options batch, size and format of images are decided here
     * @param scales lengths of the shorter side in pixels
     * @throws IllegalArgumentException if there is none, the model has no classes, or cannot take images of such a side
     */
    public MultiScale(Model model, CompileOptions options, List<Integer> scales) {
        InputSpec input = model.input();
        if (scales.isEmpty() || model.classes() == 0) {
            throw new IllegalArgumentException(scales.size() + " scales for " + model.name() + " of " + model.classes()
                    + " classes, expected at least one of both");
        }
        for (int scale : scales) {
            if (scale < InputSpec.MIN_SIZE) {
                throw new IllegalArgumentException(
                        "a scale of " + scale + " pixels, expected at least " + InputSpec.MIN_SIZE);
            }
            input.require(scale, scale);
        }
        // Every size has packed weights of its own: the user's cache would fill with them.
        this.model = model.uncached();
        this.options = options.withBatch(1).withInput(InputFormat.U8_NHWC);
        this.scales = List.copyOf(scales);
    }

    /** Looks at an image at every scale, in the order given. */
    public List<View> look(RgbImage image) {
        List<View> views = new ArrayList<>();
        for (int scale : scales) {
            Preprocessing whole = whole(scale, image);
            Lane lane = lane(new Size(whole.cropHeight(), whole.cropWidth()));
            new Preprocessor(whole).apply(image, options.input(), lane.src(), 0);
            long start = System.nanoTime();
            lane.run();
            long nanos = System.nanoTime() - start;
            views.add(
                    new View(whole.cropHeight(), whole.cropWidth(), lane.dst().toArray(ValueLayout.JAVA_FLOAT), nanos));
        }
        return views;
    }

    private Preprocessing whole(int scale, RgbImage image) {
        Preprocessing own = model.preprocessing();
        Preprocessing resize = new Preprocessing(scale, 0, 0, own.interpolation(), own.normalization());
        int step = Math.ceilDiv(STEP, model.input().multiple()) * model.input().multiple();
        return new Preprocessing(
                scale,
                side(resize.outputHeight(image.width(), image.height()), scale, step),
                side(resize.outputWidth(image.width(), image.height()), scale, step),
                own.interpolation(),
                own.normalization());
    }

    private static int side(int resized, int scale, int step) {
        return scale + (resized - scale) / step * step;
    }

    private Lane lane(Size size) {
        Compiled compiled = kept.get(size);
        if (compiled != null) {
            kept.putLast(size, compiled);
            return compiled.lane();
        }
        if (kept.size() == SIZES_KEPT_A_SCALE * scales.size()) {
            kept.pollFirstEntry().getValue().close();
        }
        CompiledModel ready = model.compile(options.withSize(size.height(), size.width()));
        try {
            compiled = new Compiled(ready, new Lane(ready));
        } catch (RuntimeException | Error e) {
            ready.close();
            throw e;
        }
        kept.putLast(size, compiled);
        return compiled.lane();
    }

    @Override
    public void close() {
        kept.values().forEach(Compiled::close);
        kept.clear();
    }
}
