package dev.gatun.onnx;

import dev.gatun.spec.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Writes ONNX files as other programs write them: any opset, any way to store tensors. */
final class OnnxTestModel {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int FLOAT16 = 10;

    private final long opset;
    private final List<Protobuf> nodes = new ArrayList<>();
    private final List<Protobuf> initializers = new ArrayList<>();
    private final List<Protobuf> inputs = new ArrayList<>();
    private final List<Protobuf> outputs = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(5);

    OnnxTestModel(long opset) {
        this.opset = opset;
    }

    /** A name and its values. */
    private record Attribute(Protobuf message) {}

    static Object ints(String name, long... values) {
        Protobuf attribute = new Protobuf().string(1, name).varint(20, 7);
        for (long value : values) {
            attribute.varint(8, value);
        }
        return new Attribute(attribute);
    }

    static Object integer(String name, long value) {
        return new Attribute(new Protobuf().string(1, name).varint(3, value).varint(20, 2));
    }

    static Object number(String name, float value) {
        return new Attribute(new Protobuf().string(1, name).fixed32(2, value).varint(20, 1));
    }

    static Object text(String name, String value) {
        return new Attribute(new Protobuf().string(1, name).string(4, value).varint(20, 3));
    }

    static Object tensor(String name, Protobuf value) {
        return new Attribute(new Protobuf().string(1, name).message(5, value).varint(20, 4));
    }

    /** The input; an extent of 0 is left open. */
    OnnxTestModel input(String name, long... dims) {
        inputs.add(value(name, dims));
        return this;
    }

    OnnxTestModel output(String name, long... dims) {
        outputs.add(value(name, dims));
        return this;
    }

    /** A node; {@code arguments} are names of inputs, then attributes. */
    OnnxTestModel node(String type, String output, Object... arguments) {
        Protobuf node = new Protobuf();
        for (Object argument : arguments) {
            if (argument instanceof String input) {
                node.string(1, input);
            }
        }
        node.string(2, output).string(3, "n_" + output).string(4, type);
        for (Object argument : arguments) {
            if (argument instanceof Attribute(Protobuf message)) {
                node.message(5, message);
            }
        }
        nodes.add(node);
        return this;
    }

    OnnxTestModel initializer(Protobuf tensor) {
        initializers.add(tensor);
        return this;
    }

    /** Random floats, raw. */
    OnnxTestModel weights(String name, long... dims) {
        return initializer(raw(name, random(dims), dims));
    }

    /** Random positive floats, raw. */
    OnnxTestModel positive(String name, long... dims) {
        float[] values = random(dims);
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + Math.abs(values[i]);
        }
        return initializer(raw(name, values, dims));
    }

    OnnxTestModel int64s(String name, long... values) {
        return initializer(int64Tensor(name, values));
    }

    float[] random(long... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 4;
        }
        return values;
    }

    static Protobuf int64Tensor(String name, long... values) {
        return Onnx.int64s(name, values);
    }

    static Protobuf raw(String name, float[] values, long... dims) {
        byte[] bytes = new byte[4 * values.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return head(name, FLOAT, dims).bytes(9, bytes.length, out -> out.write(bytes));
    }

    /** Floats in float_data, packed as the format says. */
    static Protobuf typed(String name, float[] values, long... dims) {
        byte[] bytes = new byte[4 * values.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return head(name, FLOAT, dims).bytes(4, bytes.length, out -> out.write(bytes));
    }

    /** Halves in raw_data. */
    static Protobuf rawHalves(String name, float[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return head(name, FLOAT16, dims).bytes(9, bytes.capacity(), out -> out.write(bytes.array()));
    }

    /** Halves in int32_data. */
    static Protobuf typedHalves(String name, float[] values, long... dims) {
        Protobuf tensor = head(name, FLOAT16, dims);
        for (float value : values) {
            tensor.varint(5, Short.toUnsignedInt(Float.floatToFloat16(value)));
        }
        return tensor;
    }

    static Protobuf rawInt64s(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return head(name, INT64, values.length).bytes(9, bytes.capacity(), out -> out.write(bytes.array()));
    }

    static Protobuf head(String name, int type, long... dims) {
        Protobuf tensor = new Protobuf();
        for (long dim : dims) {
            tensor.varint(1, dim);
        }
        return tensor.varint(2, type).string(8, name);
    }

    private static Protobuf value(String name, long... dims) {
        List<Onnx.Dim> list = new ArrayList<>();
        for (int axis = 0; axis < dims.length; axis++) {
            list.add(dims[axis] == 0 ? new Onnx.Dim.Symbolic("d" + axis) : new Onnx.Dim.Fixed(dims[axis]));
        }
        return Onnx.value(name, list);
    }

    byte[] bytes() {
        Protobuf graph = new Protobuf();
        nodes.forEach(node -> graph.message(1, node));
        graph.string(2, "test");
        initializers.forEach(initializer -> graph.message(5, initializer));
        inputs.forEach(input -> graph.message(11, input));
        outputs.forEach(output -> graph.message(12, output));
        return bytes(new Protobuf()
                .varint(1, 7)
                .string(2, "test")
                .message(7, graph)
                .message(8, new Protobuf().string(1, "").varint(2, opset)));
    }

    static byte[] bytes(Protobuf message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            message.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
