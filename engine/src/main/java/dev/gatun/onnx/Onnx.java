package dev.gatun.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The messages of ONNX that a model needs. Field numbers and enum values are those of onnx/onnx.proto. */
final class Onnx {
    /** The version of the format that came with {@link #OPSET} (onnx 1.12); onnx/docs/Versioning.md. */
    static final int IR_VERSION = 8;

    /** The version of the operators. */
    static final int OPSET = 17;

    private static final int TENSOR_FLOAT = 1;
    private static final int TENSOR_UINT8 = 2;
    private static final int TENSOR_INT8 = 3;
    private static final int TENSOR_INT32 = 6;
    private static final int TENSOR_INT64 = 7;

    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private Onnx() {}

    /** ModelProto. */
    static Protobuf model(String producer, String doc, Protobuf graph, Map<String, String> metadata) {
        Protobuf model = new Protobuf()
                .varint(1, IR_VERSION)
                .string(2, producer)
                .string(6, doc)
                .message(7, graph)
                .message(8, new Protobuf().string(1, "").varint(2, OPSET));
        metadata.forEach(
                (key, value) -> model.message(14, new Protobuf().string(1, key).string(2, value)));
        return model;
    }

    /** GraphProto. */
    static Protobuf graph(
            String name, List<Protobuf> nodes, List<Protobuf> initializers, Protobuf input, List<Protobuf> outputs) {
        Protobuf graph = new Protobuf();
        nodes.forEach(node -> graph.message(1, node));
        graph.string(2, name);
        initializers.forEach(initializer -> graph.message(5, initializer));
        graph.message(11, input);
        outputs.forEach(output -> graph.message(12, output));
        return graph;
    }

    /** NodeProto with one output, which the node is named after. */
    static Protobuf node(String type, String output, List<String> inputs, Consumer<Attributes> attributes) {
        Protobuf node = new Protobuf();
        inputs.forEach(input -> node.string(1, input));
        node.string(2, output).string(3, output).string(4, type);
        attributes.accept(new Attributes(node));
        return node;
    }

    /** The attributes of a NodeProto. */
    record Attributes(Protobuf node) {
        Attributes set(String name, float value) {
            return add(name, ATTRIBUTE_FLOAT, new Protobuf().fixed32(2, value));
        }

        Attributes set(String name, long value) {
            return add(name, ATTRIBUTE_INT, new Protobuf().varint(3, value));
        }

        Attributes set(String name, long[] values) {
            Protobuf attribute = new Protobuf();
            for (long value : values) {
                attribute.varint(8, value);
            }
            return add(name, ATTRIBUTE_INTS, attribute);
        }

        private Attributes add(String name, int type, Protobuf value) {
            node.message(5, value.string(1, name).varint(20, type));
            return this;
        }
    }

    /** TensorProto of floats, {@code bytes} of them written by {@code data} in little-endian order. */
    static Protobuf floats(String name, List<Long> dims, long bytes, Protobuf.Payload data) {
        return tensor(name, TENSOR_FLOAT, dims).bytes(9, bytes, data);
    }

    /** TensorProto of a vector of int64. */
    static Protobuf int64s(String name, long... values) {
        Protobuf tensor = tensor(name, TENSOR_INT64, List.of((long) values.length));
        for (long value : values) {
            tensor.varint(7, value);
        }
        return tensor;
    }

    /** TensorProto of one float. */
    static Protobuf float32(String name, float value) {
        return tensor(name, TENSOR_FLOAT, List.of()).fixed32(4, value);
    }

    /** TensorProto of int8. */
    static Protobuf int8s(String name, List<Long> dims, byte[] values) {
        return tensor(name, TENSOR_INT8, dims).bytes(9, values.length, out -> out.write(values));
    }

    /** TensorProto of one uint8. */
    static Protobuf uint8(String name, int value) {
        return tensor(name, TENSOR_UINT8, List.of()).varint(5, value);
    }

    /** TensorProto of a vector of int32. */
    static Protobuf int32s(String name, int... values) {
        Protobuf tensor = tensor(name, TENSOR_INT32, List.of((long) values.length));
        for (int value : values) {
            tensor.varint(5, value);
        }
        return tensor;
    }

    private static Protobuf tensor(String name, int type, List<Long> dims) {
        Protobuf tensor = new Protobuf();
        dims.forEach(dim -> tensor.varint(1, dim));
        return tensor.varint(2, type).string(8, name);
    }

    /** The extent of a dimension: a number, or the name of one that is known at run time only. */
    sealed interface Dim {
        record Fixed(long extent) implements Dim {}

        record Symbolic(String name) implements Dim {}
    }

    /** ValueInfoProto of a tensor of floats. */
    static Protobuf value(String name, List<Dim> dims) {
        Protobuf shape = new Protobuf();
        for (Dim dim : dims) {
            shape.message(
                    1,
                    switch (dim) {
                        case Dim.Fixed(long extent) -> new Protobuf().varint(1, extent);
                        case Dim.Symbolic(String symbol) -> new Protobuf().string(2, symbol);
                    });
        }
        Protobuf tensor = new Protobuf().varint(1, TENSOR_FLOAT).message(2, shape);
        return new Protobuf().string(1, name).message(2, new Protobuf().message(1, tensor));
    }
}
