package dev.gatun.onnx;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a ModelProto holds, as far as networks need it. Field numbers are those of onnx/onnx.proto. Lists are limited, so that the objects
 * made of a file stay within a small multiple of its size.
 *
 * @param producer which program wrote it
 * @param opset version of ONNX's own operators
 * @param graph name of the graph
 * @param nodes in their order
 * @param initializers by name
 * @param inputs of the graph that are no initializers
 * @param outputs names of what leaves the graph
 * @param metadata what the file says of itself
 */
record OnnxFile(
        String producer,
        long opset,
        String graph,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> initializers,
        List<Input> inputs,
        List<String> outputs,
        Map<String, String> metadata) {
    private static final int MAX_NODES = 1 << 16;
    private static final int MAX_TENSORS = 1 << 17;
    private static final int MAX_STRINGS = 1 << 10;
    private static final int MAX_NUMBERS = 1 << 12;

    /**
     * An input of the graph.
     *
     * @param name of it
     * @param type of its elements, a TensorProto.DataType
     * @param dims its extents; {@link OnnxTensor.Integers#OPEN} where the file leaves one open
     */
    record Input(String name, int type, List<Long> dims) {}

    /** What {@link OnnxFile} is made of, while it is read. */
    private static final class Reading {
        private String producer = "";
        private long opset;
        private String graph = "";
        private final List<OnnxNode> nodes = new ArrayList<>();
        private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        private final List<Input> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();
    }

    static OnnxFile read(ByteBuffer bytes) {
        Reading reading = new Reading();
        boolean hasGraph = false;
        ProtobufReader model = ProtobufReader.of(bytes);
        while (model.next()) {
            switch (model.field()) {
                case 2 -> reading.producer = model.string();
                case 7 -> {
                    readGraph(model.message(), reading);
                    hasGraph = true;
                }
                case 8 -> readOpset(model.message(), reading);
                case 14 -> {
                    List<String> entry = strings(model.message());
                    add(reading.metadata.size(), MAX_STRINGS, "metadata entries");
                    reading.metadata.put(entry.get(0), entry.get(1));
                }
                default -> {}
            }
        }
        if (!hasGraph || reading.opset == 0) {
            throw new IllegalArgumentException(
                    "has no " + (hasGraph ? "operator set" : "graph") + ", so it is no ONNX" + " model");
        }
        reading.inputs.removeIf(input -> reading.initializers.containsKey(input.name()));
        return new OnnxFile(
                reading.producer,
                reading.opset,
                reading.graph,
                List.copyOf(reading.nodes),
                reading.initializers,
                List.copyOf(reading.inputs),
                List.copyOf(reading.outputs),
                reading.metadata);
    }

    private static void readOpset(ProtobufReader message, Reading reading) {
        String domain = "";
        long version = 0;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> domain = message.string();
                case 2 -> version = message.varint();
                default -> {}
            }
        }
        if (isOnnx(domain)) {
            reading.opset = version;
        }
    }

    private static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static void readGraph(ProtobufReader graph, Reading reading) {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> {
                    add(reading.nodes.size(), MAX_NODES, "nodes");
                    reading.nodes.add(readNode(graph.message(), reading.nodes.size()));
                }
                case 2 -> reading.graph = graph.string();
                case 5 -> {
                    OnnxTensor tensor = OnnxTensor.read(graph.content());
                    add(reading.initializers.size(), MAX_TENSORS, "initializers");
                    if (reading.initializers.put(tensor.name(), tensor) != null) {
                        throw new IllegalArgumentException("two initializers are named '" + tensor.name() + "'");
                    }
                }
                case 11 -> {
                    add(reading.inputs.size(), MAX_TENSORS, "inputs");
                    reading.inputs.add(readInput(graph.message()));
                }
                case 12 -> {
                    add(reading.outputs.size(), MAX_STRINGS, "outputs");
                    reading.outputs.add(readInput(graph.message()).name());
                }
                case 15 -> throw new IllegalArgumentException("has sparse initializers, which are not supported");
                default -> {}
            }
        }
    }

    private static OnnxNode readNode(ProtobufReader node, int position) {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxNode.Attribute> attributes = new LinkedHashMap<>();
        String name = "";
        String type = "";
        String domain = "";
        while (node.next()) {
            switch (node.field()) {
                case 1 -> {
                    add(inputs.size(), MAX_STRINGS, "inputs of a node");
                    inputs.add(node.string());
                }
                case 2 -> {
                    add(outputs.size(), MAX_STRINGS, "outputs of a node");
                    outputs.add(node.string());
                }
                case 3 -> name = node.string();
                case 4 -> type = node.string();
                case 5 -> {
                    add(attributes.size(), MAX_STRINGS, "attributes of a node");
                    readAttribute(node.message(), attributes);
                }
                case 7 -> domain = node.string();
                default -> {}
            }
        }
        String qualified = isOnnx(domain) ? type : domain + "." + type;
        return new OnnxNode(position, qualified, name, List.copyOf(inputs), List.copyOf(outputs), attributes);
    }

    private static void readAttribute(ProtobufReader message, Map<String, OnnxNode.Attribute> attributes) {
        String name = "";
        long integer = 0;
        float number = 0;
        String text = "";
        Longs integers = new Longs(MAX_NUMBERS);
        List<Float> numbers = new ArrayList<>();
        @Nullable OnnxTensor tensor = null;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> name = message.string();
                case 2 -> number = message.fixed32();
                case 3 -> integer = message.varint();
                case 4 -> text = message.string();
                case 5 -> tensor = OnnxTensor.read(message.content());
                case 7 -> {
                    ByteBuffer floats = message.fixed32s();
                    add(numbers.size() + floats.remaining() / Float.BYTES - 1, MAX_NUMBERS, "numbers of an attribute");
                    while (floats.hasRemaining()) {
                        numbers.add(floats.getFloat());
                    }
                }
                case 8 -> message.varints(integers);
                default -> {}
            }
        }
        List<Long> ints = Arrays.stream(integers.toArray()).boxed().toList();
        attributes.put(name, new OnnxNode.Attribute(integer, number, text, ints, List.copyOf(numbers), tensor));
    }

    private static Input readInput(ProtobufReader info) {
        String name = "";
        int type = 0;
        Longs dims = new Longs(MAX_STRINGS);
        while (info.next()) {
            if (info.field() == 1) {
                name = info.string();
            } else if (info.field() == 2) {
                ProtobufReader typeProto = info.message();
                while (typeProto.next()) {
                    if (typeProto.field() == 1) {
                        ProtobufReader tensor = typeProto.message();
                        while (tensor.next()) {
                            if (tensor.field() == 1) {
                                type = (int) tensor.varint();
                            } else if (tensor.field() == 2) {
                                readDims(tensor.message(), dims);
                            }
                        }
                    }
                }
            }
        }
        return new Input(name, type, Arrays.stream(dims.toArray()).boxed().toList());
    }

    private static void readDims(ProtobufReader shape, Longs dims) {
        while (shape.next()) {
            if (shape.field() == 1) {
                ProtobufReader dim = shape.message();
                long extent = OnnxTensor.Integers.OPEN;
                while (dim.next()) {
                    if (dim.field() == 1) {
                        long value = dim.varint();
                        // Some programs write 0 or -1 for an extent that is open.
                        extent = value < 1 ? OnnxTensor.Integers.OPEN : value;
                    }
                }
                dims.add(extent);
            }
        }
    }

    /** Key and value of a StringStringEntryProto. */
    private static List<String> strings(ProtobufReader entry) {
        String key = "";
        String value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> key = entry.string();
                case 2 -> value = entry.string();
                default -> {}
            }
        }
        return List.of(key, value);
    }

    private static void add(int size, int limit, String what) {
        if (size >= limit) {
            throw new IllegalArgumentException("has more than " + limit + " " + what);
        }
    }
}
