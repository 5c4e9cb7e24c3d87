package dev.gatun.answers;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Labels;
import dev.gatun.Model;
import dev.gatun.Prediction;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.onednn.NativeStack;
import dev.gatun.plan.Plan;
import dev.gatun.runtime.Lane;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Shows where in an image the evidence for a class is: class activation maps, Zhou et al. 2016, "Learning Deep Features for Discriminative
 * Localization". The logit of a class is the mean over the pixels of the last map, weighted by the class's row of the inner product, and its
 * bias; the map is that before the mean. One run gives last map and logits. Belongs to the thread that made it; owns its native memory.
 */
public final class ClassActivation implements AutoCloseable {
    private final Labels labels;
    private final Preprocessor preprocessor;
    private final InputFormat format;
    private final float[] weights;
    private final Plan.Output map;
    private final Plan.Output logits;
    private final Lane lane;
    private final NativeStack owned;

    /**
     * A class in an image.
     *
     * @param prediction the class and how probable it is
     * @param heat of each pixel of the last map: their mean and the bias of the class make its logit
     */
    public record Explanation(Prediction prediction, HeatMap heat) {}

    /**
     * Compiles {@code model} for single images of the size that its preprocessing crops to.
     *
     * @param options precision, threads and layout of the images; batch and size are set here
     * @throws IllegalArgumentException if the network does not end with a mean over all pixels and an inner product, or its preprocessing has
     *     no crop
     */
    public ClassActivation(Model model, CompileOptions options) {
        Preprocessing preprocessing = model.preprocessing();
        if (preprocessing.cropHeight() == 0) {
            throw new IllegalArgumentException(model + " leaves images at their own size, expected a crop");
        }
        ClassHead head = ClassHead.of(model.graph());
        this.labels = model.labels();
        this.preprocessor = new Preprocessor(preprocessing);
        this.format = options.input();
        this.weights = model.weights().get(head.product().name() + ".weight");
        Model both = model.withGraph(
                model.graph().withOutputs(List.of(head.map(), head.product().name())));
        CompileOptions single = options.withBatch(1)
                .withSize(preprocessing.cropHeight(), preprocessing.cropWidth())
                .withSoftmax(false);
        try (NativeStack rollback = new NativeStack()) {
            CompiledModel compiled = rollback.push(both.compile(single));
            this.map = compiled.outputs().getFirst();
            this.logits = compiled.outputs().getLast();
            this.lane = rollback.push(new Lane(compiled));
            this.owned = rollback.detach();
        }
    }

    /** Explains the most probable class of an image. */
    public Explanation explain(RgbImage image) {
        return explained(run(image).getFirst());
    }

    /**
     * Explains a class.
     *
     * @param index of the class
     */
    public Explanation explain(RgbImage image, int index) {
        if (index < 0 || index >= labels.size()) {
            throw new IllegalArgumentException("class " + index + ", expected 0 to " + (labels.size() - 1));
        }
        return explained(run(image).stream()
                .filter(prediction -> prediction.index() == index)
                .findFirst()
                .orElseThrow());
    }

    private List<Prediction> run(RgbImage image) {
        preprocessor.apply(image, format, lane.src(), 0);
        lane.run();
        return Prediction.top(values(logits), labels, labels.size());
    }

    private Explanation explained(Prediction prediction) {
        Shape shape = map.shape();
        int channels = shape.intDim(1);
        int height = shape.intDim(2);
        int width = shape.intDim(3);
        int pixels = height * width;
        float[] values = values(map);
        float[] heat = new float[pixels];
        for (int pixel = 0; pixel < pixels; pixel++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += (double) weights[prediction.index() * channels + c] * values[c * pixels + pixel];
            }
            heat[pixel] = (float) sum;
        }
        return new Explanation(prediction, new HeatMap(height, width, heat));
    }

    private float[] values(Plan.Output output) {
        MemorySegment bytes = lane.dst().asSlice(output.offset(), output.shape().elements() * Float.BYTES);
        return bytes.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Frees its memory. May be called again. */
    @Override
    public void close() {
        owned.close();
    }
}
