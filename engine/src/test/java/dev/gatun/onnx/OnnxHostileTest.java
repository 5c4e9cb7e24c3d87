package dev.gatun.onnx;

import static dev.gatun.onnx.OnnxTestModel.bytes;
import static dev.gatun.onnx.OnnxTestModel.head;
import static dev.gatun.onnx.OnnxTestModel.integer;
import static dev.gatun.onnx.OnnxTestModel.ints;
import static dev.gatun.onnx.OnnxTestModel.raw;
import static dev.gatun.onnx.OnnxTestModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.network.Network;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.WeightFormatException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed, malicious and merely foreign ONNX files: each gives one {@link WeightFormatException} that says what and where. */
class OnnxHostileTest {
    private static OnnxTestModel maps(long opset) {
        return new OnnxTestModel(opset).input("x", 1, 3, 8, 8).weights("w", 4, 3, 3, 3);
    }

    private static OnnxTestModel small() {
        return maps(13).int64s("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                .weights("s", 4)
                .positive("v", 4)
                .node("Pad", "p", "x", "pads")
                .node("Conv", "c", "p", "w", ints("strides", 2, 2))
                .node("BatchNormalization", "n", "c", "s", "s", "s", "v")
                .node("Relu", "r", "n")
                .node("Add", "a", "n", "r")
                .node("MaxPool", "m", "a", ints("kernel_shape", 2, 2))
                .node("GlobalAveragePool", "g", "m")
                .node("Flatten", "f", "g")
                .weights("fc", 5, 4)
                .node("Gemm", "y", "f", "fc", integer("transB", 1))
                .output("y", 1, 5);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(
                        "an operation of no ResNet",
                        maps(13).node("LSTM", "y", "x").output("y"),
                        "node 0, LSTM 'n_y' (of 1): the operation LSTM"),
                Arguments.of(
                        "a kernel of another size",
                        maps(13).node("Conv", "y", "x", "w", ints("kernel_shape", 5, 5))
                                .output("y"),
                        "node 0, Conv 'n_y'"),
                Arguments.of(
                        "weights for other channels",
                        maps(13).weights("v", 4, 2, 3, 3)
                                .node("Conv", "y", "x", "v")
                                .output("y"),
                        "it is given 3"),
                Arguments.of(
                        "a convolution of volumes",
                        maps(13).weights("v", 4, 3, 3, 3, 3)
                                .node("Conv", "y", "x", "v")
                                .output("y"),
                        "expected 4 extents"),
                Arguments.of(
                        "no groups",
                        maps(13).node("Conv", "y", "x", "w", integer("group", 0))
                                .output("y"),
                        "0 groups"),
                Arguments.of(
                        "a negative stride",
                        maps(13).node("Conv", "y", "x", "w", ints("strides", -1, 1))
                                .output("y"),
                        "positive"),
                Arguments.of(
                        "negative padding",
                        maps(13).node("Conv", "y", "x", "w", ints("pads", -1, 0, 0, 0))
                                .output("y"),
                        "negative"),
                Arguments.of(
                        "padding beyond all reason",
                        maps(13).node("Conv", "y", "x", "w", ints("pads", 1 << 30, 0, 0, 0))
                                .output("y"),
                        "expected at most 4096"),
                Arguments.of(
                        "numbers beyond an int",
                        maps(13).node("Conv", "y", "x", "w", ints("strides", 1L << 40, 1))
                                .output("y"),
                        "overflow"),
                Arguments.of(
                        "reflecting padding",
                        maps(13).int64s("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                .node("Pad", "y", "x", "pads", text("mode", "reflect"))
                                .output("y"),
                        "mode 'reflect'"),
                Arguments.of(
                        "padding with ones",
                        maps(9).node(
                                        "Pad",
                                        "y",
                                        "x",
                                        ints("pads", 0, 0, 1, 1, 0, 0, 1, 1),
                                        OnnxTestModel.number("value", 1))
                                .output("y"),
                        "pads with 1.0"),
                Arguments.of(
                        "channels without end",
                        maps(9).node("Pad", "y", "x", ints("pads", 0, 0, 0, 0, 0, 1 << 30, 0, 0))
                                .output("y"),
                        "expected at most 8192"),
                Arguments.of(
                        "flattening a map",
                        maps(13).node("Flatten", "y", "x").output("y"),
                        "it flattens a map of 3x8x8, expected one pixel"),
                Arguments.of(
                        "adding maps of different sizes",
                        maps(13).node("Conv", "c", "x", "w")
                                .node("Add", "y", "c", "x")
                                .output("y"),
                        "4x6x6 and 3x8x8"),
                Arguments.of(
                        "adding a constant to a map",
                        maps(13).weights("k", 1, 3, 8, 8)
                                .node("Add", "y", "x", "k")
                                .output("y"),
                        "'k' is constant floats, expected a result"),
                Arguments.of(
                        "softmax in the middle",
                        maps(13).node("GlobalAveragePool", "g", "x")
                                .node("Flatten", "f", "g")
                                .node("Softmax", "s", "f")
                                .weights("fc", 5, 3)
                                .node("Gemm", "y", "s", "fc", integer("transB", 1))
                                .output("y"),
                        "it reads probabilities"),
                Arguments.of(
                        "a name that nothing makes",
                        maps(13).node("Relu", "y", "z").output("y"),
                        "it reads 'z', which nothing before it makes"),
                Arguments.of(
                        "a node ahead of what it reads",
                        maps(13).node("Relu", "y", "z").node("Relu", "z", "x").output("y"),
                        "which nothing before it makes"),
                Arguments.of(
                        "a node that reads itself",
                        maps(13).node("Relu", "y", "y").output("y"),
                        "which nothing before it makes"),
                Arguments.of(
                        "two values of a name",
                        maps(13).node("Relu", "y", "x").node("Relu", "y", "x").output("y"),
                        "two values are named 'y'"),
                Arguments.of(
                        "an output that nothing makes",
                        maps(13).node("Relu", "y", "x").output("z"),
                        "'z'"),
                Arguments.of("no output", maps(13).node("Relu", "y", "x"), "output"),
                Arguments.of(
                        "two inputs",
                        maps(13).input("z", 1, 3, 8, 8).node("Relu", "y", "x").output("y"),
                        "the inputs [x, z], expected one"),
                Arguments.of(
                        "no images",
                        new OnnxTestModel(13)
                                .input("x", 1, 80)
                                .node("Relu", "y", "x")
                                .output("y"),
                        "2 extents"),
                Arguments.of("opset 6", maps(6).node("Relu", "y", "x").output("y"), "opset 6, expected 7 to 21"),
                Arguments.of("opset 22", maps(22).node("Relu", "y", "x").output("y"), "opset 22"),
                Arguments.of(
                        "weights in another file",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(head("w", 1, 4, 3, 3, 3)
                                        .message(
                                                13,
                                                new Protobuf()
                                                        .string(1, "location")
                                                        .string(2, "../../etc/passwd"))
                                        .varint(14, 1))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "keeps its values in another file"),
                Arguments.of(
                        "fewer values than the shape says",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(raw("w", new float[5], 4, 3, 3, 3))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "has 5 values, expected 108"),
                Arguments.of(
                        "a shape that overflows",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(raw("w", new float[5], 1L << 40, 1L << 40, 3, 3))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "overflow"),
                Arguments.of(
                        "a shape larger than memory",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(raw("w", new float[5], 1L << 20, 1L << 20, 3, 3))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "elements"),
                Arguments.of(
                        "a negative extent",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(raw("w", new float[5], -1, 3, 3, 3))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "negative extent"),
                Arguments.of(
                        "weights of type double",
                        new OnnxTestModel(13)
                                .input("x", 1, 3, 8, 8)
                                .initializer(head("w", 11, 1))
                                .node("Conv", "y", "x", "w")
                                .output("y"),
                        "is double, expected float"),
                Arguments.of(
                        "integers without end",
                        maps(13).int64s("n", 1L << 30)
                                .node("ConstantOfShape", "c", "n", OnnxTestModel.tensor("value", Onnx.int64s("", 0)))
                                .node("Reshape", "y", "x", "c")
                                .output("y"),
                        "more than 4096 integers"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void rejects(String what, OnnxTestModel model, String problem) {
        assertThatThrownBy(() -> OnnxImporter.read("some.onnx", model.bytes()))
                .as(what)
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("some.onnx")
                .hasMessageContaining(problem);
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of("nothing", new byte[0], "no graph"),
                Arguments.of("no operator set", bytes(new Protobuf().message(7, new Protobuf())), "no operator set"),
                Arguments.of("a group", new byte[] {0x3b, 0x3b, 0x3c, 0x3c}, "wire type 3"),
                Arguments.of("a field without number", new byte[] {0x02, 0x00}, "field number 0"),
                Arguments.of("an endless number", repeated(0xff, 20), "more than 10 bytes"),
                Arguments.of(
                        "a negative length", concat(new byte[] {0x3a}, repeated(0xff, 9), new byte[] {1}), "truncated"),
                Arguments.of("a length beyond the end", new byte[] {0x3a, 0x7f, 0}, "truncated"),
                Arguments.of("a graph that is a number", new byte[] {0x38, 1}, "wire type 0, expected 2"),
                Arguments.of(
                        "a name that is not UTF-8", new byte[] {0x3a, 4, 0x12, 2, (byte) 0xff, (byte) 0xfe}, "UTF-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void rejectsProtobufWith(String what, byte[] message, String problem) {
        assertThatThrownBy(() -> OnnxImporter.read("some.onnx", message))
                .as(what)
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void limitsTheNumberOfNodes() {
        byte[] empty = {0x0a, 0};
        byte[] nodes = new byte[2 * 70_000];
        for (int i = 0; i < nodes.length; i += 2) {
            System.arraycopy(empty, 0, nodes, i, 2);
        }
        byte[] model = bytes(new Protobuf().bytes(7, nodes.length, out -> out.write(nodes)));
        assertThatThrownBy(() -> OnnxImporter.read("some.onnx", model)).hasMessageContaining("more than 65536 nodes");
    }

    @Test
    void rejectsTruncationAtEveryByte() {
        byte[] whole = small().bytes();
        read(whole);
        for (int length = whole.length - 1; length >= 0; length--) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut))
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(WeightFormatException.class);
        }
    }

    @Test
    void survivesMutation() {
        byte[] whole = small().bytes();
        SplittableRandom random = new SplittableRandom(20261121);
        int rejected = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] mutant = whole.clone();
            for (int edit = random.nextInt(1, 5); edit > 0; edit--) {
                int at = random.nextInt(mutant.length);
                mutant[at] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (mutant[at] ^ 1 << random.nextInt(8));
            }
            try {
                read(mutant);
            } catch (WeightFormatException e) {
                rejected++;
            }
        }
        assertThat(rejected).isGreaterThan(1000);
    }

    /** Whatever the bytes are, only {@link WeightFormatException} may come of them. */
    private static void read(byte[] model) {
        try (Network network = OnnxImporter.read("some.onnx", model)) {
            for (TensorSpec parameter : network.graph().parameters()) {
                assertThat(network.weights().read(parameter.name()))
                        .hasSize(Math.toIntExact(parameter.shape().elements()));
            }
        }
    }

    private static byte[] repeated(int value, int times) {
        byte[] bytes = new byte[times];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        int length = Stream.of(parts).mapToInt(part -> part.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
