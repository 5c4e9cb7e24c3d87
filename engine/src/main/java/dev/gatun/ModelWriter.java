package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.network.GraphJson;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a model as one safetensors file that {@link ModelFile} opens as the same model: its tensors, and in the metadata a card of what
 * else belongs to it. {@code model} is its name, {@code resize}, {@code crop} and {@code interpolation} what images go through, {@code mean}, {@code std}, {@code divisor} and {@code channel_order} how samples become
 * floats, {@code classes} what its classes are called, and {@code graph} the network itself unless {@code model} names a variant that is
 * just this network.
 */
public final class ModelWriter {
    private ModelWriter() {}

    /**
     * Writes the model; the file appears whole or not at all.
     *
     * @param type of the tensors: F32, F16 or BF16, rounded to nearest even
     * @param more metadata to add to the card, such as where the model comes from
     * @throws IllegalArgumentException if a value is out of the range of {@code type}
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public static void write(Model model, ElementType type, Map<String, String> more, Path target) {
        Map<String, String> card = new LinkedHashMap<>(more);
        card.put("format", "gatun");
        card.put("model", model.name());
        Preprocessing preprocessing = model.preprocessing();
        // A card has words for square crops of resized images only, as all published weights have them.
        if (Math.min(preprocessing.resizeShorterSide(), preprocessing.cropHeight()) >= InputSpec.MIN_SIZE
                && preprocessing.cropHeight() == preprocessing.cropWidth()) {
            card.put("resize", String.valueOf(preprocessing.resizeShorterSide()));
            card.put("crop", String.valueOf(preprocessing.cropHeight()));
            card.put("interpolation", preprocessing.interpolation().name());
        }
        Normalization normalization = preprocessing.normalization();
        card.put("mean", numbers(normalization.mean()));
        card.put("std", numbers(normalization.std()));
        card.put("divisor", String.valueOf(normalization.divisor()));
        card.put("channel_order", normalization.order().name());
        List<String> labels = model.labels().names();
        // Names with commas are those of ImageNet, which every reader has.
        if (!labels.isEmpty() && labels.stream().noneMatch(label -> label.contains(","))) {
            card.put("classes", String.join(",", labels));
        }
        if (!isVariant(model)) {
            card.put(ModelFile.GRAPH, GraphJson.write(model.graph()));
            card.put(ModelFile.SIZE, String.valueOf(model.input().size()));
            card.put(ModelFile.MULTIPLE, String.valueOf(model.input().multiple()));
        }
        SafetensorsWriter.write(target, new Parameters(model), type, card);
    }

    private static boolean isVariant(Model model) {
        return model.classes() > 0
                && Variants.find(model.name())
                        .map(spec -> GraphBuilder.build(spec.withClasses(model.classes())))
                        .filter(model.graph()::equals)
                        .isPresent();
    }

    private static String numbers(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** The parameters of a model as they are in memory. */
    private static final class Parameters implements WeightSource {
        private final Model model;
        private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

        Parameters(Model model) {
            this.model = model;
            Graph graph = model.graph();
            for (TensorSpec spec : graph.parameters()) {
                tensors.put(spec.name(), new TensorInfo(spec.name(), ElementType.F32, spec.shape()));
            }
        }

        @Override
        public String origin() {
            return model.toString();
        }

        @Override
        public String container() {
            return "memory";
        }

        @Override
        public Map<String, TensorInfo> tensors() {
            return Collections.unmodifiableMap(tensors);
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public float[] read(String name) {
            return model.weights().get(name);
        }

        @Override
        public void close() {}
    }
}
