package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.graph.Graph;
import dev.gatun.image.Normalization;
import dev.gatun.json.Json;
import dev.gatun.network.GraphJson;
import dev.gatun.plan.PairLimit;
import dev.gatun.plan.Quantization;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.SafetensorsWriter.Tensor;
import dev.gatun.weights.StoredTensors;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSet;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
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
 * or F32 without, and {@code <node>.bias} F32, batch normalisation folded in. The metadata holds as JSON {@code gatun.network}: name, input,
 * preprocessing, labels and every operation as {@link GraphJson} writes it; and {@code gatun.quantization}: version, stem, the scales of int8
 * values, the largest magnitudes of the sums that residuals are added to, and the report. {@code arch}, {@code classes}, {@code mean} and
 * {@code std} are for people and other readers. Nothing else is needed to compute the network.
 */
public final class QuantizedFile {
    private static final String NETWORK = "gatun.network";
    private static final String QUANTIZATION = "gatun.quantization";
    private static final int VERSION = 2;

    private static final String WEIGHT = ".weight";
    private static final String WEIGHT_SCALE = ".weight_scale";
    private static final String BIAS = ".bias";

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
            String node = nodeOf(name);
            QuantizedLayer layer = network.quantization().layers().get(node);
            if (layer == null || name.endsWith(BIAS)) {
                tensors.add(Tensor.of(name, parameter.shape(), network.parameter(name)));
            } else {
                tensors.add(Tensor.of(name, parameter.shape(), layer.weights()));
                tensors.add(Tensor.of(node + WEIGHT_SCALE, Shape.of(layer.scales().length), layer.scales()));
            }
        }
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
            json.writeObjectFieldStart("graph");
            GraphJson.write(model.network().graph(), json);
            json.writeEndObject();
        }));
        metadata.put(QUANTIZATION, Json.write(json -> {
            json.writeNumberField("version", VERSION);
            json.writeBooleanField("stem", model.network().quantization().stem());
            numbers("scales", model.network().quantization().scales(), json);
            numbers("sums", model.network().sums(), json);
            json.writeObjectFieldStart("report");
            ReportJson.write(model.report(), json);
            json.writeEndObject();
        }));
        return metadata;
    }

    private static void numbers(String field, Map<String, Float> values, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(field);
        for (var entry : new TreeMap<>(values).entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static String joined(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Whether a file says that it holds a quantised network. */
    public static boolean recognises(WeightSource source) {
        return source.metadata().containsKey(QUANTIZATION);
    }

    /**
     * Reads a quantised network, but for its weights, which are read from the file again when they are asked for. The caller closes {@code
     * source}.
     *
     * @throws WeightFormatException if it holds none, or one that does not fit together
     */
    public static QuantizedModel read(WeightSource source) {
        if (!recognises(source)) {
            throw new WeightFormatException(
                    source.origin(), "is not quantised, expected a file that 'gatun quantize' has written");
        }
        try {
            Json quantization = metadata(source, QUANTIZATION);
            int version = quantization.get("version").integer();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "is of version " + version + " of quantised files, expected " + VERSION);
            }
            Json card = metadata(source, NETWORK);
            return new QuantizedModel(
                    card.get("name").text(),
                    CardJson.input(card.get("input")),
                    CardJson.preprocessing(card.get("preprocessing")),
                    card.get("labels").texts(),
                    network(source, GraphJson.read(card.get("graph")), quantization),
                    ReportJson.read(quantization.get("report")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(source.origin(), WeightFormatException.reason(e), e);
        }
    }

    private static Json metadata(WeightSource source, String key) {
        return Json.parse(key, source.metadata().getOrDefault(key, ""));
    }

    private static QuantizedNetwork network(WeightSource source, Graph graph, Json quantization) {
        StoredTensors stored = source.stored()
                .orElseThrow(() -> new IllegalArgumentException("cannot be read again, expected a quantised file"));
        Set<String> unread = new HashSet<>(source.tensors().keySet());
        List<TensorSpec> floats = new ArrayList<>();
        List<String> rounded = new ArrayList<>();
        for (TensorSpec parameter : graph.parameters()) {
            TensorInfo info = source.tensor(parameter.name());
            require(info, parameter.shape());
            unread.remove(parameter.name());
            if (info.type().readable()) {
                floats.add(parameter);
            } else if (isInt8(info)) {
                rounded.add(nodeOf(info.name()));
            } else {
                throw new IllegalArgumentException("tensor " + info + ", expected F32 or weights of I8");
            }
        }
        WeightSet parameters = WeightSet.of(source.origin(), floats, stored);
        Map<String, QuantizedLayer> layers = new HashMap<>();
        for (String node : rounded) {
            unread.remove(node + WEIGHT_SCALE);
            layers.put(node, layer(source, stored, node, parameters));
        }
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException("tensors that no operation reads: "
                    + unread.stream().sorted().toList());
        }
        return new QuantizedNetwork(
                graph,
                new Quantization(
                        floats(quantization.get("scales"), graph),
                        layers,
                        quantization.get("stem").flag()),
                parameters,
                floats(quantization.get("sums"), graph));
    }

    private static QuantizedLayer layer(WeightSource source, StoredTensors stored, String node, WeightSet parameters) {
        TensorInfo bias = source.tensor(node + BIAS);
        TensorInfo scale = source.tensor(node + WEIGHT_SCALE);
        require(scale, bias.shape());
        if (!scale.type().readable() || !bias.type().readable()) {
            throw new IllegalArgumentException("tensors " + scale + " and " + bias + ", expected F32");
        }
        return QuantizedLayer.reading(
                source.origin() + ": " + node,
                () -> stored.readInt8(node + WEIGHT),
                () -> stored.read(node + WEIGHT_SCALE),
                () -> parameters.get(node + BIAS),
                limit(source.tensor(node + WEIGHT).shape()));
    }

    private static PairLimit limit(Shape weights) {
        int channels = weights.intDim(1);
        return new PairLimit(channels, Math.toIntExact(weights.elements() / weights.dim(0) / channels));
    }

    private static void require(TensorInfo info, Shape expected) {
        if (!info.shape().equals(expected)) {
            throw new IllegalArgumentException("tensor " + info + ", expected the shape " + expected);
        }
    }

    private static boolean isInt8(TensorInfo info) {
        return info.type() == ElementType.I8 && info.name().endsWith(WEIGHT);
    }

    private static String nodeOf(String parameter) {
        return parameter.substring(0, parameter.lastIndexOf('.'));
    }

    private static Map<String, Float> floats(Json json, Graph graph) {
        Map<String, Float> floats = new HashMap<>();
        for (String name : json.names()) {
            floats.put(graph.node(name).name(), (float) json.get(name).number());
        }
        return floats;
    }
}
