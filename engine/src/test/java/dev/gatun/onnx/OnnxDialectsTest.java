package dev.gatun.onnx;

import static dev.gatun.onnx.OnnxTestModel.int64Tensor;
import static dev.gatun.onnx.OnnxTestModel.integer;
import static dev.gatun.onnx.OnnxTestModel.ints;
import static dev.gatun.onnx.OnnxTestModel.number;
import static dev.gatun.onnx.OnnxTestModel.rawHalves;
import static dev.gatun.onnx.OnnxTestModel.rawInt64s;
import static dev.gatun.onnx.OnnxTestModel.tensor;
import static dev.gatun.onnx.OnnxTestModel.text;
import static dev.gatun.onnx.OnnxTestModel.typed;
import static dev.gatun.onnx.OnnxTestModel.typedHalves;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.OrtOracle;
import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.NaiveGraph;
import dev.gatun.network.Network;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways in which exporters write one and the same thing, each as ONNX Runtime understands it. */
class OnnxDialectsTest {
    private static final int N = 2;
    private static final int SIZE = 9;

    private static OnnxTestModel maps(long opset) {
        return new OnnxTestModel(opset).input("x", N, 3, SIZE, SIZE).weights("w", 4, 3, 3, 3);
    }

    /** With a head behind {@code map} of 4 channels. */
    private static OnnxTestModel head(OnnxTestModel model, String map) {
        return model.node("GlobalAveragePool", "pooled", map)
                .node("Flatten", "rows", "pooled")
                .weights("fc", 5, 4)
                .weights("fcb", 5)
                .node("Gemm", "y", "rows", "fc", "fcb", integer("transB", 1))
                .output("y", N, 5);
    }

    private static OnnxTestModel convWith(long opset, Object... attributes) {
        Object[] arguments = new Object[attributes.length + 2];
        arguments[0] = "x";
        arguments[1] = "w";
        System.arraycopy(attributes, 0, arguments, 2, attributes.length);
        return head(maps(opset).node("Conv", "c", arguments), "c");
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("opset 7", head(maps(7).node("Conv", "c", "x", "w"), "c")),
                Arguments.of("opset 21", head(maps(21).node("Conv", "c", "x", "w"), "c")),
                Arguments.of("asymmetric pads", convWith(13, ints("pads", 0, 1, 2, 0), ints("strides", 2, 1))),
                Arguments.of("SAME_UPPER", convWith(13, text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2))),
                Arguments.of("SAME_LOWER", convWith(13, text("auto_pad", "SAME_LOWER"), ints("strides", 2, 2))),
                Arguments.of("VALID", convWith(13, text("auto_pad", "VALID"))),
                Arguments.of("dilations", convWith(13, ints("dilations", 2, 2), ints("pads", 2, 2, 2, 2))),
                Arguments.of(
                        "groups",
                        head(
                                maps(13).weights("g", 4, 2, 3, 3)
                                        .node("Conv", "c", "x", "w")
                                        .node("Conv", "d", "c", "g", integer("group", 2)),
                                "d")),
                Arguments.of(
                        "a bias that is added",
                        head(
                                maps(13).weights("b", 1, 4, 1, 1)
                                        .node("Conv", "c", "x", "w")
                                        .node("Add", "d", "b", "c"),
                                "d")),
                Arguments.of(
                        "MatMul and Add",
                        maps(13).node("Conv", "c", "x", "w")
                                .node("GlobalMaxPool", "p", "c")
                                .node("Flatten", "f", "p")
                                .weights("fc", 4, 5)
                                .weights("fcb", 5)
                                .node("MatMul", "m", "f", "fc")
                                .node("Add", "y", "m", "fcb")
                                .output("y", N, 5)),
                Arguments.of(
                        "MatMul with transposed weights",
                        maps(13).node("Conv", "c", "x", "w")
                                .node("GlobalAveragePool", "p", "c")
                                .node("Flatten", "f", "p")
                                .weights("fc", 5, 4)
                                .node("Transpose", "t", "fc", ints("perm", 1, 0))
                                .node("MatMul", "y", "f", "t")
                                .output("y", N, 5)),
                Arguments.of(
                        "Gemm with alpha, beta and one bias for all",
                        maps(13).node("Conv", "c", "x", "w")
                                .node("GlobalAveragePool", "p", "c")
                                .node("Flatten", "f", "p")
                                .weights("fc", 4, 5)
                                .weights("fcb", 1)
                                .node("Gemm", "y", "f", "fc", "fcb", number("alpha", 0.5f), number("beta", 2))
                                .output("y", N, 5)),
                Arguments.of(
                        "batch norm ahead of ReLU and convolution",
                        head(
                                new OnnxTestModel(15)
                                        .input("x", 0, 3, 0, 0)
                                        .weights("w", 4, 3, 3, 3)
                                        .weights("s", 3)
                                        .weights("b", 3)
                                        .weights("m", 3)
                                        .positive("v", 3)
                                        .node(
                                                "BatchNormalization",
                                                "n",
                                                "x",
                                                "s",
                                                "b",
                                                "m",
                                                "v",
                                                number("epsilon", 1e-3f))
                                        .node("Relu", "r", "n")
                                        .node("Conv", "c", "r", "w"),
                                "c")),
                Arguments.of(
                        "Pad as attribute",
                        head(
                                maps(9).node("Pad", "p", "x", ints("pads", 0, 0, 3, 2, 0, 0, 1, 0))
                                        .node("Conv", "c", "p", "w"),
                                "c")),
                Arguments.of(
                        "Pad as input, with a value and axes",
                        head(
                                maps(18).initializer(rawInt64s("pads", 1, 2, 0, 3))
                                        .int64s("axes", -2, -1)
                                        .initializer(OnnxTestModel.raw("zero", new float[] {0}))
                                        .node("Pad", "p", "x", "pads", "zero", "axes")
                                        .node("Conv", "c", "p", "w", ints("pads", 1, 1, 1, 1)),
                                "c")),
                Arguments.of(
                        "zeros that win a pooling",
                        head(
                                maps(13).int64s("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                        .node("Conv", "c", "x", "w")
                                        .node("Pad", "p", "c", "pads")
                                        .node("MaxPool", "q", "p", ints("kernel_shape", 3, 3), ints("strides", 2, 2)),
                                "q")),
                Arguments.of(
                        "zeros that cannot win a pooling",
                        head(
                                maps(13).int64s("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                        .node("Conv", "c", "x", "w")
                                        .node("Relu", "r", "c")
                                        .node("Pad", "p", "r", "pads")
                                        .node("MaxPool", "q", "p", ints("kernel_shape", 3, 3), ints("strides", 2, 2)),
                                "q")),
                Arguments.of(
                        "zeros ahead of an average",
                        head(
                                maps(13).int64s("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                        .node("Conv", "c", "x", "w")
                                        .node("Pad", "p", "c", "pads")
                                        .node(
                                                "AveragePool",
                                                "q",
                                                "p",
                                                ints("kernel_shape", 3, 3),
                                                ints("strides", 2, 2)),
                                "q")),
                Arguments.of("pooling in ceil_mode", head(pooled("MaxPool", integer("ceil_mode", 1)), "q")),
                Arguments.of("averages in ceil_mode", head(pooled("AveragePool", integer("ceil_mode", 1)), "q")),
                Arguments.of(
                        "averages that count padding",
                        head(pooled("AveragePool", ints("pads", 1, 1, 1, 1), integer("count_include_pad", 1)), "q")),
                Arguments.of(
                        "averages that do not count padding",
                        head(pooled("AveragePool", ints("pads", 1, 0, 0, 1)), "q")),
                Arguments.of(
                        "halves and typed tensors",
                        new OnnxTestModel(13)
                                .input("x", N, 3, SIZE, SIZE)
                                .initializer(rawHalves("h", new OnnxTestModel(1).random(4, 3, 3, 3), 4, 3, 3, 3))
                                .initializer(typedHalves("hb", new OnnxTestModel(1).random(4), 4))
                                .node("Cast", "w", "h", integer("to", 1))
                                .node("Cast", "b", "hb", integer("to", 1))
                                .node("Conv", "c", "x", "w", "b")
                                .node("ReduceMean", "p", "c", ints("axes", 2, 3), integer("keepdims", 0))
                                .initializer(typed("fc", new OnnxTestModel(1).random(5, 4), 5, 4))
                                .node("Gemm", "y", "p", "fc", integer("transB", 1))
                                .output("y", N, 5)),
                Arguments.of(
                        "ReduceMean by input, Unsqueeze and Reshape",
                        new OnnxTestModel(18)
                                .input("x", 0, 3, 0, 0)
                                .weights("w", 4, 3, 3, 3)
                                .int64s("hw", -1, -2)
                                .int64s("spatial", 2, 3)
                                .int64s("shape", 0, -1)
                                .node("Conv", "c", "x", "w")
                                .node("ReduceMean", "p", "c", "hw", integer("keepdims", 0))
                                .node("Unsqueeze", "u", "p", "spatial")
                                .node("Reshape", "f", "u", "shape")
                                .weights("fc", 5, 4)
                                .node("Gemm", "y", "f", "fc", integer("transB", 1))
                                .node("Identity", "z", "y")
                                .output("z", 0, 5)),
                Arguments.of(
                        "a shape computed from that of the images",
                        new OnnxTestModel(11)
                                .input("x", 0, 3, 0, 0)
                                .weights("w", 4, 3, 3, 3)
                                .node("Conv", "c", "x", "w")
                                .node("GlobalAveragePool", "p", "c")
                                .node("Shape", "s", "p")
                                .node("Constant", "zero", tensor("value", int64Tensor("", 0)))
                                .node("Gather", "batch", "s", "zero", integer("axis", 0))
                                .int64s("rest", -1)
                                .node("Concat", "shape", "batch", "rest", integer("axis", 0))
                                .node("Reshape", "f", "p", "shape")
                                .node("Dropout", "d", "f")
                                .weights("fc", 5, 4)
                                .node("Gemm", "y", "d", "fc", integer("transB", 1))
                                .output("y", 0, 5)),
                Arguments.of(
                        "slices without channels of zeros",
                        head(
                                maps(13).int64s("starts", 0, 0)
                                        .int64s("ends", Integer.MAX_VALUE, 9)
                                        .int64s("axes", 2, 3)
                                        .int64s("steps", 2, 1)
                                        .node("Conv", "c", "x", "w", ints("pads", 1, 1, 1, 1))
                                        .node("Slice", "s", "c", "starts", "ends", "axes", "steps")
                                        .node("Relu", "r", "s"),
                                "r")),
                Arguments.of(
                        "channels of zeros",
                        head(
                                new OnnxTestModel(13)
                                        .input("x", N, 2, SIZE, SIZE)
                                        .int64s("pads", 0, 1, 0, 0, 0, 1, 0, 0)
                                        .node("Pad", "p", "x", "pads")
                                        .node("Relu", "r", "p"),
                                "r")));
    }

    @Test
    void seesThroughTheTransposesOfAKerasExport() {
        byte[] bytes = new OnnxTestModel(13)
                .input("x", 0, SIZE, SIZE, 3)
                .weights("w", 4, 3, 3, 3)
                .int64s("pads", 0, 1, 1, 0, 0, 1, 1, 0)
                .node("Transpose", "t", "x", ints("perm", 0, 3, 1, 2))
                .node("Conv", "c", "t", "w", ints("pads", 0, 0, 1, 1), ints("strides", 2, 2))
                .node("Transpose", "l", "c", ints("perm", 0, 2, 3, 1))
                .node("Relu", "r", "l")
                .node("Pad", "p", "r", "pads")
                .node("Transpose", "f", "p", ints("perm", 0, 3, 1, 2))
                .node("MaxPool", "m", "f", ints("kernel_shape", 3, 3), ints("strides", 2, 2))
                .node("Transpose", "a", "m", ints("perm", 0, 2, 3, 1))
                .node("ReduceMean", "g", "a", ints("axes", 1, 2), integer("keepdims", 0))
                .weights("fc", 4, 5)
                .weights("fcb", 5)
                .node("MatMul", "d", "g", "fc")
                .node("Add", "e", "fcb", "d")
                .node("Softmax", "y", "e")
                .output("y", 0, 5)
                .bytes();
        float[] images = RandomValues.uniform(3, N * 3 * SIZE * SIZE, -2, 2);
        float[] pixels = new float[images.length];
        for (int i = 0; i < images.length; i++) {
            int plane = i / (SIZE * SIZE);
            pixels[(plane / 3 * SIZE * SIZE + i % (SIZE * SIZE)) * 3 + plane % 3] = images[i];
        }
        try (OrtOracle oracle = OrtOracle.load(bytes);
                Network network = OnnxImporter.read("test", bytes)) {
            float[] expected = oracle.run(pixels, N, SIZE, SIZE, 3).values();
            assertThat(network.softmax()).isTrue();
            assertThat(network.size()).isEqualTo(SIZE);
            List<double[]> found =
                    NaiveGraph.run(network.graph().withSoftmax(), network.weights()::read, images, N, SIZE, SIZE);
            assertThat(Errors.relative(expected, found.getFirst())).isLessThan(1e-5);
        }
    }

    private static OnnxTestModel pooled(String type, Object... attributes) {
        Object[] arguments = new Object[attributes.length + 3];
        arguments[0] = "c";
        arguments[1] = ints("kernel_shape", 2, 2);
        arguments[2] = ints("strides", 2, 2);
        System.arraycopy(attributes, 0, arguments, 3, attributes.length);
        return maps(13).node("Conv", "c", "x", "w").node(type, "q", arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void agreesWithOnnxRuntimeOn(String what, OnnxTestModel model) {
        byte[] bytes = model.bytes();
        try (OrtOracle oracle = OrtOracle.load(bytes);
                Network network = OnnxImporter.read("test", bytes)) {
            Graph graph = network.graph();
            int channels = graph.input().channels();
            float[] images = RandomValues.uniform(3, N * channels * SIZE * SIZE, -2, 2);
            float[] expected = oracle.run(images, N, channels, SIZE, SIZE).values();
            List<double[]> found = NaiveGraph.run(graph, network.weights()::read, images, N, SIZE, SIZE);
            assertThat(found).hasSize(1);
            double[] wanted = new double[expected.length];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = expected[i];
            }
            assertThat(Errors.relative(found.getFirst(), wanted)).isLessThan(1e-5);
        }
    }
}
