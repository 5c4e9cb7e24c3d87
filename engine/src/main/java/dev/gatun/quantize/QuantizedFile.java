package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.image.Normalization;
import dev.gatun.plan.Quantization;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.SafetensorsWriter.Tensor;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Quantised networks as safetensors. For each convolution and inner product {@code <node>.weight}, I8 with {@code <node>.weight_scale} F32 [oc]
 * or F32 without, and {@code <node>.bias} F32, batch normalisation folded in; {@code <value>.scale} F32 [] for each int8 value; {@code <node>.sum}
 * F32 [], the largest magnitude of the sums that a residual is added to. The metadata holds {@code gatun.network} (name, preprocessing, labels and
 * every operation) and {@code gatun.quantization} (version, stem and report) as JSON, and {@code arch}, {@code classes}, {@code mean} and
 * {@code std} for people and other readers. Nothing else is needed to compute the network.
 */
public final class QuantizedFile {
    private static final String NETWORK = "gatun.network";
    private static final String QUANTIZATION = "gatun.quantization";
    private static final int VERSION = 1;

    private static final String WEIGHT = ".weight";
    private static final String WEIGHT_SCALE = ".weight_scale";
    private static final String BIAS = ".bias";
    private static final String SCALE = ".scale";
    private static final String SUM = ".sum";

    private QuantizedFile() {}

    /**
     * Writes a file, which appears whole or not at all; one that is there is replaced.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public static void write(QuantizedModel model, Path file) {
        SafetensorsWriter.write(file, tensors(model.network()), metadata(model));
    }

    private static List<Tensor> tensors(QuantizedNetwork network) {
        List<Tensor> tensors = new ArrayList<>();
        for (TensorSpec parameter : network.graph().parameters()) {
            String name = parameter.name();
            String node = name.substring(0, name.lastIndexOf('.'));
            QuantizedLayer layer = network.quantization().layers().get(node);
            if (layer == null || name.endsWith(BIAS)) {
                tensors.add(Tensor.of(name, parameter.shape(), network.parameter(name)));
            } else {
                tensors.add(Tensor.of(name, parameter.shape(), layer.weights()));
                tensors.add(Tensor.of(node + WEIGHT_SCALE, Shape.of(layer.scales().length), layer.scales()));
            }
        }
        new TreeMap<>(network.quantization().scales())
                .forEach((value, scale) -> tensors.add(Tensor.of(value + SCALE, Shape.of(), new float[] {scale})));
        new TreeMap<>(network.sums())
                .forEach((node, sum) -> tensors.add(Tensor.of(node + SUM, Shape.of(), new float[] {sum})));
        return tensors;
    }

    private static Map<String, String> metadata(QuantizedModel model) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("arch", model.name());
        Normalization normalization = model.preprocessing().normalization();
        if (normalization.equals(Normalization.rgb(normalization.mean(), normalization.std()))) {
            metadata.put("mean", joined(normalization.mean()));
            metadata.put("std", joined(normalization.std()));
        }
        if (model.labels().stream().noneMatch(label -> label.contains(","))) {
            metadata.put("classes", String.join(",", model.labels()));
        }
        metadata.put(NETWORK, Json.write(json -> {
            CardJson.write(model, json);
            GraphJson.write(model.network().graph(), json);
        }));
        metadata.put(QUANTIZATION, Json.write(json -> {
            json.writeNumberField("version", VERSION);
            json.writeBooleanField("stem", model.network().quantization().stem());
            json.writeObjectFieldStart("report");
            ReportJson.write(model.report(), json);
            json.writeEndObject();
        }));
        return metadata;
    }

    private static String joined(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Whether a file says that it holds a quantised network. */
    public static boolean recognises(WeightSource source) {
        return source.metadata().containsKey(QUANTIZATION);
    }

    /**
     * Reads a quantised network. The caller closes {@code source}.
     *
     * @throws WeightFormatException if it holds none, or one that does not fit together
     */
    public static QuantizedModel read(WeightSource source) {
        if (!recognises(source)) {
            throw new WeightFormatException(
                    source.origin(), "is not quantised, expected a file that 'gatun quantize' has written");
        }
        try {
            Json card = Json.read(NETWORK, source.metadata().getOrDefault(NETWORK, ""));
            Json quantization = Json.read(QUANTIZATION, source.metadata().getOrDefault(QUANTIZATION, ""));
            int version = quantization.integer("version");
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "is of version " + version + " of quantised files, expected " + VERSION);
            }
            return new QuantizedModel(
                    card.string("name"),
                    CardJson.input(card.object("input")),
                    CardJson.preprocessing(card.object("preprocessing")),
                    card.strings("labels"),
                    network(source, GraphJson.read(card), quantization.bool("stem")),
                    ReportJson.read(quantization.object("report")));
        } catch (IllegalArgumentException e) {
            throw new WeightFormatException(source.origin(), String.valueOf(e.getMessage()), e);
        }
    }

    private static QuantizedNetwork network(WeightSource source, Graph graph, boolean stem) {
        Set<String> unread = new HashSet<>(source.tensors().keySet());
        Map<String, QuantizedLayer> layers = new HashMap<>();
        Map<String, float[]> parameters = new HashMap<>();
        for (TensorSpec parameter : graph.parameters()) {
            String name = parameter.name();
            TensorInfo info = tensor(source, name, parameter.shape(), unread);
            if (info.type() != ElementType.I8) {
                parameters.put(name, source.read(name));
            }
        }
        for (Node node : graph.nodes()) {
            String name = node.name();
            if (source.tensors().containsKey(name + WEIGHT_SCALE)) {
                float[] bias = parameters.remove(name + BIAS);
                if (bias == null) {
                    throw new IllegalArgumentException(name + WEIGHT_SCALE + " is there, but no such node has weights");
                }
                tensor(source, name + WEIGHT_SCALE, Shape.of(bias.length), unread);
                layers.put(
                        name,
                        new QuantizedLayer(source.readInt8(name + WEIGHT), source.read(name + WEIGHT_SCALE), bias));
            } else if (source.tensors().containsKey(name + WEIGHT) && !parameters.containsKey(name + WEIGHT)) {
                throw new IllegalArgumentException(name + WEIGHT + " is I8, but there is no " + name + WEIGHT_SCALE);
            }
        }
        Map<String, Float> scales = scalars(source, graph, SCALE, unread);
        Map<String, Float> sums = scalars(source, graph, SUM, unread);
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException("tensors that no operation reads: "
                    + unread.stream().sorted().toList());
        }
        return new QuantizedNetwork(graph, new Quantization(scales, layers, stem), parameters, sums);
    }

    private static TensorInfo tensor(WeightSource source, String name, Shape expected, Set<String> unread) {
        TensorInfo info = source.tensor(name);
        if (!info.shape().equals(expected)) {
            throw new IllegalArgumentException("tensor " + info + ", expected the shape " + expected);
        }
        unread.remove(name);
        return info;
    }

    private static Map<String, Float> scalars(WeightSource source, Graph graph, String suffix, Set<String> unread) {
        Map<String, Float> scalars = new HashMap<>();
        for (Node node : graph.nodes()) {
            String name = node.name() + suffix;
            if (source.tensors().containsKey(name)) {
                tensor(source, name, Shape.of(), unread);
                scalars.put(node.name(), source.read(name)[0]);
            }
        }
        return scalars;
    }
}
