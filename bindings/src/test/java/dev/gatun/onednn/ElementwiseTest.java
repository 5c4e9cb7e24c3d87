package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementwiseTest {
    private static final long[] DIMS = {2, 19, 5, 7};
    private static final int COUNT = 2 * 19 * 5 * 7;

    private record Function(Algorithm algorithm, float alpha, float beta, DoubleUnaryOperator reference) {}

    private static final List<Function> EXACT = List.of(
            new Function(Algorithm.ELTWISE_RELU, 0, 0, x -> Math.max(x, 0)),
            new Function(Algorithm.ELTWISE_RELU, 0.25f, 0, x -> x > 0 ? x : x * 0.25),
            new Function(Algorithm.ELTWISE_LINEAR, 2, -3, x -> 2 * x - 3),
            new Function(Algorithm.ELTWISE_CLIP, -2, 6, x -> Math.clamp(x, -2, 6)),
            new Function(Algorithm.ELTWISE_CLIP_V2, -2, 6, x -> Math.clamp(x, -2, 6)),
            new Function(Algorithm.ELTWISE_ABS, 0, 0, Math::abs),
            new Function(Algorithm.ELTWISE_SQUARE, 0, 0, x -> x * x),
            new Function(Algorithm.ELTWISE_ROUND, 0, 0, Math::rint),
            new Function(Algorithm.ELTWISE_HARDSIGMOID, 0.25f, 0.5f, x -> Math.clamp(0.25 * x + 0.5, 0, 1)),
            new Function(Algorithm.ELTWISE_HARDSWISH, 0.25f, 0.5f, x -> x * Math.clamp(0.25 * x + 0.5, 0, 1)));

    private static final List<Function> ROUNDED = List.of(
            new Function(Algorithm.ELTWISE_EXP, 0, 0, Math::exp),
            new Function(Algorithm.ELTWISE_TANH, 0, 0, Math::tanh),
            new Function(Algorithm.ELTWISE_ELU, 1, 0, x -> x > 0 ? x : Math.expm1(x)),
            new Function(Algorithm.ELTWISE_LOGISTIC, 0, 0, ElementwiseTest::logistic),
            new Function(Algorithm.ELTWISE_SOFT_RELU, 1, 0, x -> Math.log1p(Math.exp(x))),
            new Function(Algorithm.ELTWISE_SWISH, 1, 0, x -> x * logistic(x)),
            new Function(Algorithm.ELTWISE_MISH, 0, 0, x -> x * Math.tanh(Math.log1p(Math.exp(x)))),
            new Function(Algorithm.ELTWISE_POW, 2, 3, x -> 2 * x * x * x),
            new Function(
                    Algorithm.ELTWISE_GELU_TANH,
                    0,
                    0,
                    x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))));

    private static final List<Function> OF_POSITIVE = List.of(
            new Function(Algorithm.ELTWISE_SQRT, 0, 0, Math::sqrt),
            new Function(Algorithm.ELTWISE_LOG, 0, 0, Math::log));

    private static final Map<Algorithm, DoubleBinaryOperator> BINARY = Map.ofEntries(
            Map.entry(Algorithm.BINARY_ADD, Double::sum),
            Map.entry(Algorithm.BINARY_SUB, (a, b) -> a - b),
            Map.entry(Algorithm.BINARY_MUL, (a, b) -> a * b),
            Map.entry(Algorithm.BINARY_DIV, (a, b) -> a / b),
            Map.entry(Algorithm.BINARY_MAX, Math::max),
            Map.entry(Algorithm.BINARY_MIN, Math::min),
            Map.entry(Algorithm.BINARY_GE, (a, b) -> a >= b ? 1 : 0),
            Map.entry(Algorithm.BINARY_GT, (a, b) -> a > b ? 1 : 0),
            Map.entry(Algorithm.BINARY_LE, (a, b) -> a <= b ? 1 : 0),
            Map.entry(Algorithm.BINARY_LT, (a, b) -> a < b ? 1 : 0),
            Map.entry(Algorithm.BINARY_EQ, (a, b) -> a == b ? 1 : 0),
            Map.entry(Algorithm.BINARY_NE, (a, b) -> a != b ? 1 : 0));

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] eltwise(Function function, double[] src) {
        try (Bench bench = new Bench()) {
            MemoryDesc desc = bench.desc(DataType.F32, FormatTag.NHWC, DIMS);
            return bench.run(
                    bench.stack.push(PrimitiveDesc.eltwiseForward(
                            bench.engine,
                            PropKind.FORWARD_INFERENCE,
                            function.algorithm(),
                            desc,
                            desc,
                            function.alpha(),
                            function.beta(),
                            bench.attr())),
                    Map.of(Arg.SRC, src));
        }
    }

    @Test
    void eltwiseEqualsReference() {
        double[] src = Values.map(Values.integers(COUNT, -40, 40, 1), x -> x / 4);
        for (Function function : EXACT) {
            assertThat(eltwise(function, src))
                    .as(function.algorithm().name())
                    // -0.0 and 0.0 are the same number
                    .usingComparatorWithPrecision(0.0)
                    .containsExactly(Values.map(src, function.reference()));
        }
    }

    @Test
    void eltwiseApproximatesReference() {
        double[] src = Values.reals(COUNT, -5, 5, 1);
        for (Function function : ROUNDED) {
            Values.assertClose(eltwise(function, src), Values.map(src, function.reference()), 2e-6);
        }
        double[] positive = Values.reals(COUNT, 1e-3, 100, 2);
        for (Function function : OF_POSITIVE) {
            Values.assertClose(eltwise(function, positive), Values.map(positive, function.reference()), 2e-6);
        }
    }

    @Test
    void binaryEqualsReference() {
        double[] src0 = Values.integers(COUNT, -9, 9, 1);
        double[] src1 = Values.map(Values.integers(COUNT, -3, 3, 2), x -> x == 3 ? 8 : Math.scalb(1, (int) x));
        BINARY.forEach((algorithm, reference) -> {
            try (Bench bench = new Bench()) {
                MemoryDesc desc = bench.desc(DataType.F32, FormatTag.NCHW, DIMS);
                double[] expected = new double[COUNT];
                for (int i = 0; i < COUNT; i++) {
                    expected[i] = reference.applyAsDouble(src0[i], src1[i]);
                }
                double[] actual = bench.run(
                        bench.stack.push(PrimitiveDesc.binary(bench.engine, algorithm, desc, desc, desc, bench.attr())),
                        Map.of(Arg.SRC_0, src0, Arg.SRC_1, src1));
                assertThat(actual)
                        .as(algorithm.name())
                        .usingComparatorWithPrecision(0.0)
                        .containsExactly(expected);
            }
        });
    }

    @Test
    void binaryBroadcastsOverChannels() {
        try (Bench bench = new Bench()) {
            double[] src0 = Values.integers(COUNT, -9, 9, 1);
            double[] src1 = Values.integers(19, -9, 9, 2);
            double[] expected = new double[COUNT];
            for (int i = 0; i < COUNT; i++) {
                expected[i] = src0[i] + src1[i / 35 % 19];
            }
            MemoryDesc desc = bench.desc(DataType.F32, FormatTag.NHWC, DIMS);
            assertThat(bench.run(
                            bench.stack.push(PrimitiveDesc.binary(
                                    bench.engine,
                                    Algorithm.BINARY_ADD,
                                    desc,
                                    bench.desc(DataType.F32, FormatTag.NHWC, 1, 19, 1, 1),
                                    desc,
                                    bench.attr())),
                            Map.of(Arg.SRC_0, src0, Arg.SRC_1, src1)))
                    .containsExactly(expected);
        }
    }

    @Test
    void sumScalesEachSource() {
        try (Bench bench = new Bench()) {
            double[] a = Values.integers(COUNT, -9, 9, 1);
            double[] b = Values.integers(COUNT, -9, 9, 2);
            double[] expected = new double[COUNT];
            for (int i = 0; i < COUNT; i++) {
                expected[i] = 2 * a[i] - 0.5 * b[i];
            }
            MemoryDesc desc = bench.desc(DataType.F32, FormatTag.NHWC, DIMS);
            assertThat(bench.run(
                            bench.stack.push(PrimitiveDesc.sum(
                                    bench.engine,
                                    null,
                                    new float[] {2, -0.5f},
                                    new MemoryDesc[] {desc, desc},
                                    bench.attr())),
                            Map.of(Arg.MULTIPLE_SRC, a, Arg.MULTIPLE_SRC + 1, b)))
                    .containsExactly(expected);
        }
    }

    @Test
    void concatJoinsChannels() {
        try (Bench bench = new Bench()) {
            double[] a = Values.integers(2 * 3 * 4, -9, 9, 1);
            double[] b = Values.integers(2 * 5 * 4, -9, 9, 2);
            double[] expected = new double[2 * 8 * 4];
            for (int n = 0; n < 2; n++) {
                System.arraycopy(a, n * 12, expected, n * 32, 12);
                System.arraycopy(b, n * 20, expected, n * 32 + 12, 20);
            }
            assertThat(bench.run(
                            bench.stack.push(PrimitiveDesc.concat(
                                    bench.engine,
                                    bench.desc(DataType.F32, FormatTag.NHWC, 2, 8, 2, 2),
                                    1,
                                    new MemoryDesc[] {
                                        bench.desc(DataType.F32, FormatTag.NHWC, 2, 3, 2, 2),
                                        bench.desc(DataType.F32, FormatTag.NCHW, 2, 5, 2, 2)
                                    },
                                    bench.attr())),
                            Map.of(Arg.MULTIPLE_SRC, a, Arg.MULTIPLE_SRC + 1, b)))
                    .containsExactly(expected);
        }
    }
}
