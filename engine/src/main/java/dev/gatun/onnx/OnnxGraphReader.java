package dev.gatun.onnx;

import dev.gatun.network.Network;
import dev.gatun.network.NetworkBuilder;
import dev.gatun.network.Value;
import dev.gatun.onnx.OnnxTensor.Integers;
import dev.gatun.weights.WeightFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Goes through the nodes of a file in their order, keeping what every name stands for. One thread, once. */
final class OnnxGraphReader {
    private static final long MIN_OPSET = 7;
    private static final long MAX_OPSET = 21;

    /** In which order a Transpose makes [n, c, h, w] of [n, h, w, c]. */
    static final List<Long> TO_NCHW = List.of(0L, 3L, 1L, 2L);

    private final String origin;
    private final OnnxFile file;
    private final NetworkBuilder builder = new NetworkBuilder();
    private final Map<String, OnnxItem> items = new HashMap<>();
    private final Map<String, List<OnnxNode>> readers = new HashMap<>();

    /** Names that a node before has taken over, such as that of an addition of a bias. */
    private final Map<String, String> absorbed = new HashMap<>();

    OnnxGraphReader(String origin, OnnxFile file) {
        this.origin = origin;
        this.file = file;
        for (OnnxNode node : file.nodes()) {
            node.inputs().stream()
                    .distinct()
                    .forEach(input -> readers.computeIfAbsent(input, name -> new ArrayList<>())
                            .add(node));
        }
    }

    Network network() {
        String where = "the graph";
        try {
            if (file.opset() < MIN_OPSET || file.opset() > MAX_OPSET) {
                throw new IllegalArgumentException(
                        "it is of opset " + file.opset() + ", expected " + MIN_OPSET + " to " + MAX_OPSET);
            }
            readInput();
            OnnxOperators operators = new OnnxOperators(this);
            for (OnnxNode node : file.nodes()) {
                where = node + " (of " + file.nodes().size() + ")";
                if (node.outputs().isEmpty()) {
                    throw new IllegalArgumentException("it has no output");
                }
                @Nullable String taken = absorbed.get(node.output());
                define(node.output(), taken == null ? operators.apply(node) : item(taken));
            }
            where = "the outputs";
            List<Value> outputs = new ArrayList<>();
            for (String output : file.outputs()) {
                outputs.add(value(output));
            }
            String name = file.metadata().getOrDefault("model", file.graph().isEmpty() ? "model" : file.graph());
            return builder.build(name, outputs, new OnnxWeights(origin, file.metadata()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(origin, where + ": " + WeightFormatException.reason(e), e);
        }
    }

    private void readInput() {
        if (file.inputs().size() != 1) {
            throw new IllegalArgumentException("it has the inputs "
                    + file.inputs().stream().map(OnnxFile.Input::name).toList() + ", expected one, of images");
        }
        OnnxFile.Input input = file.inputs().getFirst();
        if (input.type() != OnnxTensor.FLOAT && input.type() != OnnxTensor.FLOAT16) {
            throw new IllegalArgumentException("its input '" + input.name() + "' is "
                    + OnnxTensor.typeName(input.type()) + ", expected float or float16");
        }
        if (input.dims().size() != 4) {
            throw new IllegalArgumentException(
                    "its input '" + input.name() + "' has " + input.dims().size() + " extents, expected 4");
        }
        List<OnnxNode> consumers = readersOf(input.name());
        boolean channelsLast = !consumers.isEmpty()
                && consumers.stream()
                        .allMatch(node -> node.type().equals("Transpose") && TO_NCHW.equals(node.integers("perm")));
        long channels = input.dims().get(channelsLast ? 3 : 1);
        if (channels < 1 || channels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("its input '" + input.name() + "' leaves the number of channels open");
        }
        Value images = builder.input(
                "input",
                (int) channels,
                extent(input.dims().get(channelsLast ? 1 : 2)),
                extent(input.dims().get(channelsLast ? 2 : 3)),
                channelsLast ? Value.Layout.NHWC : Value.Layout.NCHW);
        define(input.name(), new OnnxItem.Result(images));
    }

    private static long extent(long dim) {
        if (dim != Integers.OPEN && dim > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("images of a side of " + dim);
        }
        return dim == Integers.OPEN ? Value.UNKNOWN : dim;
    }

    NetworkBuilder builder() {
        return builder;
    }

    long opset() {
        return file.opset();
    }

    List<OnnxNode> readersOf(String name) {
        return readers.getOrDefault(name, List.of());
    }

    /** Whether the name leaves the graph. */
    boolean isOutput(String name) {
        return file.outputs().contains(name);
    }

    /** From now on the output of {@code node} is what {@code name} stands for. */
    void absorb(OnnxNode node, String name) {
        absorbed.put(node.output(), name);
    }

    private void define(String name, OnnxItem item) {
        if (name.isEmpty() || items.put(name, item) != null) {
            throw new IllegalArgumentException("two values are named '" + name + "'");
        }
    }

    /** What {@code name} stands for. */
    OnnxItem item(String name) {
        @Nullable OnnxItem known = find(name);
        if (known == null) {
            throw new IllegalArgumentException("it reads '" + name + "', which nothing before it makes");
        }
        return known;
    }

    /** What {@code name} stands for, or null if nothing before has made it. */
    @Nullable
    OnnxItem find(String name) {
        @Nullable OnnxItem known = items.get(name);
        @Nullable OnnxTensor tensor = file.initializers().get(name);
        return known == null && tensor != null ? item(name, tensor) : known;
    }

    static OnnxItem item(String name, OnnxTensor tensor) {
        return tensor.isInteger()
                ? new OnnxItem.Ints(tensor.integers())
                : new OnnxItem.Weights(name, tensor.parameter());
    }

    /** The result of this name. */
    Value value(String name) {
        return switch (item(name)) {
            case OnnxItem.Result(Value value) -> value;
            case OnnxItem other ->
                throw new IllegalArgumentException("'" + name + "' is " + other.kind() + ", expected a result");
        };
    }

    /** The constant floats of this name. */
    OnnxItem.Weights weights(String name) {
        return switch (item(name)) {
            case OnnxItem.Weights weights -> weights;
            case OnnxItem other ->
                throw new IllegalArgumentException("'" + name + "' is " + other.kind() + ", expected constant floats");
        };
    }

    /** The constant integers of this name. */
    Integers integers(String name) {
        return switch (item(name)) {
            case OnnxItem.Ints(Integers integers) -> integers;
            case OnnxItem other ->
                throw new IllegalArgumentException(
                        "'" + name + "' is " + other.kind() + ", expected constant integers");
        };
    }
}
