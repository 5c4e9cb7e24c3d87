package dev.gatun.onnx;

import dev.gatun.network.Parameter;
import dev.gatun.spec.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A TensorProto whose values stay in the file's bytes until they are asked for. Field numbers and types are those of onnx/onnx.proto.
 *
 * @param name of it, empty in attributes
 * @param type of its elements, a TensorProto.DataType
 * @param shape of it
 * @param message all of it
 */
record OnnxTensor(String name, int type, Shape shape, ByteBuffer message) {
    static final int FLOAT = 1;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int FLOAT16 = 10;
    static final int BFLOAT16 = 16;

    /** As TensorProto.DataType numbers them. */
    private static final Map<Integer, String> TYPES = Map.ofEntries(
            Map.entry(FLOAT, "float"),
            Map.entry(2, "uint8"),
            Map.entry(3, "int8"),
            Map.entry(4, "uint16"),
            Map.entry(5, "int16"),
            Map.entry(INT32, "int32"),
            Map.entry(INT64, "int64"),
            Map.entry(8, "string"),
            Map.entry(9, "bool"),
            Map.entry(FLOAT16, "float16"),
            Map.entry(11, "double"),
            Map.entry(12, "uint32"),
            Map.entry(13, "uint64"),
            Map.entry(BFLOAT16, "bfloat16"));

    private static final int MAX_RANK = 16;

    /** More than any list of shapes, pads or axes. */
    private static final int MAX_INTEGERS = 1 << 12;

    private static final int EXTERNAL = 1;

    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int SEGMENT = 3;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int INT64_DATA = 7;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;

    static OnnxTensor read(ByteBuffer message) {
        ProtobufReader fields = ProtobufReader.of(message);
        Longs dims = new Longs(MAX_RANK);
        int type = 0;
        String name = "";
        boolean external = false;
        boolean segment = false;
        while (fields.next()) {
            switch (fields.field()) {
                case DIMS -> fields.varints(dims);
                case DATA_TYPE -> type = (int) fields.varint();
                case SEGMENT -> segment = true;
                case NAME -> name = fields.string();
                case EXTERNAL_DATA -> external = true;
                case DATA_LOCATION -> external |= fields.varint() == EXTERNAL;
                default -> {}
            }
        }
        if (external || segment) {
            throw new IllegalArgumentException("tensor '" + name + "' keeps its values in another file, which is not"
                    + " read: save the model as one file");
        }
        Shape shape = Shape.of(dims.toArray());
        if (shape.elements() < 0) {
            throw new IllegalArgumentException("tensor '" + name + "' of shape " + shape);
        }
        return new OnnxTensor(name, type, shape, message);
    }

    /** The name of an element type. */
    static String typeName(int type) {
        return TYPES.getOrDefault(type, "type " + type);
    }

    boolean isFloating() {
        return type == FLOAT || type == FLOAT16 || type == BFLOAT16;
    }

    boolean isInteger() {
        return type == INT32 || type == INT64;
    }

    /** Its values as a parameter; checks that there are as many as the shape says. */
    Parameter parameter() {
        if (!isFloating()) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' is " + typeName(type) + ", expected float, float16 or bfloat16");
        }
        int count = count(Integer.MAX_VALUE - 8);
        requireCount(count, countValues());
        return new Parameter(shape, () -> floats(count));
    }

    /** Its values if they are a short list of integers. */
    Integers integers() {
        if (!isInteger()) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' is " + typeName(type) + ", expected int64 or int32");
        }
        int count = count(MAX_INTEGERS);
        Longs values = new Longs(MAX_INTEGERS);
        ProtobufReader fields = ProtobufReader.of(message);
        while (fields.next()) {
            switch (fields.field()) {
                case INT32_DATA, INT64_DATA -> fields.varints(values);
                case RAW_DATA -> {
                    ByteBuffer raw = fields.content();
                    while (raw.remaining() >= bytesPerElement()) {
                        values.add(type == INT64 ? raw.getLong() : raw.getInt());
                    }
                }
                default -> {}
            }
        }
        requireCount(count, values.size());
        return new Integers(shape, values.toArray());
    }

    private int bytesPerElement() {
        return switch (type) {
            case INT64 -> Long.BYTES;
            case FLOAT, INT32 -> Integer.BYTES;
            default -> Short.BYTES;
        };
    }

    private int count(int limit) {
        long elements = shape.elements();
        if (elements > limit) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' of shape " + shape + " has more than " + limit + " elements");
        }
        return (int) elements;
    }

    private void requireCount(int expected, long found) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' of shape " + shape + " has " + found + " values, expected " + expected);
        }
    }

    private long countValues() {
        long count = 0;
        ProtobufReader fields = ProtobufReader.of(message);
        while (fields.next()) {
            switch (fields.field()) {
                case RAW_DATA -> {
                    int bytes = fields.content().remaining();
                    count += bytes % bytesPerElement() == 0 ? bytes / bytesPerElement() : -1;
                }
                case FLOAT_DATA -> count += fields.fixed32s().remaining() / Float.BYTES;
                case INT32_DATA -> {
                    Longs halves = new Longs(Integer.MAX_VALUE - 8);
                    fields.varints(halves);
                    count += halves.size();
                }
                default -> {}
            }
        }
        return count;
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        int at = 0;
        ProtobufReader fields = ProtobufReader.of(message);
        while (fields.next()) {
            switch (fields.field()) {
                case RAW_DATA -> at = widen(fields.content(), values, at);
                case FLOAT_DATA -> {
                    ByteBuffer data = fields.fixed32s();
                    int n = data.remaining() / Float.BYTES;
                    data.asFloatBuffer().get(values, at, n);
                    at += n;
                }
                case INT32_DATA -> {
                    Longs halves = new Longs(count);
                    fields.varints(halves);
                    for (long half : halves.toArray()) {
                        values[at++] = widen((short) half);
                    }
                }
                default -> {}
            }
        }
        return values;
    }

    private int widen(ByteBuffer raw, float[] values, int from) {
        int n = raw.remaining() / bytesPerElement();
        if (type == FLOAT) {
            raw.asFloatBuffer().get(values, from, n);
        } else {
            for (int i = 0; i < n; i++) {
                values[from + i] = widen(raw.getShort());
            }
        }
        return from + n;
    }

    private float widen(short half) {
        return type == FLOAT16 ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << Short.SIZE);
    }

    /**
     * A small tensor of integers: a shape, pads, axes.
     *
     * @param shape of it
     * @param list its elements, row-major
     */
    record Integers(Shape shape, List<Long> list) {
        /** Stands for an extent that the file leaves open, such as the batch; no extent is negative but -1. */
        static final long OPEN = Long.MIN_VALUE / 3;

        Integers(Shape shape, long... values) {
            this(shape, Arrays.stream(values).boxed().toList());
            if (values.length > MAX_INTEGERS || shape.elements() != values.length) {
                throw new IllegalArgumentException(values.length + " integers for shape " + shape);
            }
        }

        /** A vector. */
        static Integers of(long... values) {
            return new Integers(Shape.of(values.length), values);
        }

        long[] values() {
            return list.stream().mapToLong(Long::longValue).toArray();
        }

        /** The same elements, or others, in this shape; {@code element} picks from {@link #values}. */
        Integers picked(Shape other, IntFunction<Integer> element) {
            if (other.elements() > MAX_INTEGERS) {
                throw new IllegalArgumentException("more than " + MAX_INTEGERS + " integers");
            }
            long[] values = values();
            long[] picked = new long[(int) other.elements()];
            for (int i = 0; i < picked.length; i++) {
                picked[i] = values[element.apply(i)];
            }
            return new Integers(other, picked);
        }
    }
}
