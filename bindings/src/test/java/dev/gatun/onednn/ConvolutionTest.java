package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionTest {
    static Stream<ConvolutionCase> cases() {
        return ConvolutionCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsReferenceInEveryImplementation(ConvolutionCase c) {
        matchesExactly(c, FormatTag.ANY);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsReferenceOnPlainNhwc(ConvolutionCase c) {
        matchesExactly(c, FormatTag.NHWC);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsReferenceOnPlainNchw(ConvolutionCase c) {
        matchesExactly(c, FormatTag.NCHW);
    }

    /** Also run by {@link IsaMain} under each ISA. */
    static int matchesExactly(ConvolutionCase c, FormatTag layout) {
        int implementations = 0;
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(product(c.src()), -3, 4, 1);
            double[] weights = Values.integers(product(c.weights()), -4, 3, 2);
            double[] bias = Values.integers(product(c.bias()), -9, 9, 3);
            double[] expected = Reference.convolution(c, src, weights, bias);
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.F32, layout, c.src()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.bias()),
                    bench.desc(DataType.F32, layout, c.dst()),
                    bench.attr()));
            do {
                double[] actual = bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights, Arg.BIAS, bias));
                assertThat(actual).as(desc.implInfo()).containsExactly(expected);
                implementations++;
            } while (desc.nextImpl());
        }
        return implementations;
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void halfPrecisionWithF32ResultEqualsReference(DataType type) {
        for (ConvolutionCase c : ConvolutionCase.all()) {
            try (Bench bench = new Bench()) {
                double[] src = Values.integers(product(c.src()), -3, 4, 4);
                double[] weights = Values.integers(product(c.weights()), -4, 3, 5);
                double[] actual = bench.run(
                        halfPrecision(bench, c, type, DataType.F32), Map.of(Arg.SRC, src, Arg.WEIGHTS, weights));
                assertThat(actual).containsExactly(Reference.convolution(c, src, weights, new double[0]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void halfPrecisionIsWithinItsRounding(DataType type) {
        // half a unit in the last place: 8 significant bits of bf16, 11 of f16
        double rounding = type == DataType.BF16 ? 0x1p-9 : 0x1p-12;
        for (ConvolutionCase c : ConvolutionCase.all()) {
            try (Bench bench = new Bench()) {
                double[] src = Values.integers(product(c.src()), -3, 4, 6);
                double[] weights = Values.integers(product(c.weights()), -4, 3, 7);
                double[] actual =
                        bench.run(halfPrecision(bench, c, type, type), Map.of(Arg.SRC, src, Arg.WEIGHTS, weights));
                Values.assertClose(actual, Reference.convolution(c, src, weights, new double[0]), 2 * rounding);
            }
        }
    }

    private static PrimitiveDesc halfPrecision(Bench bench, ConvolutionCase c, DataType type, DataType dstType) {
        try {
            return bench.stack.push(c.desc(
                    bench.desc(type, FormatTag.ANY, c.src()),
                    bench.desc(type, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(dstType, FormatTag.ANY, c.dst()),
                    bench.attr()));
        } catch (OneDnnException e) {
            assertThat(e.status()).isEqualTo(Status.UNIMPLEMENTED);
            return abort(type + " convolution is not implemented on " + OneDnn.effectiveIsa());
        }
    }

    @Test
    void computesInOneAndThreeSpatialDimensions() {
        try (Bench bench = new Bench()) {
            ConvolutionCase c = new ConvolutionCase(2, 1, 5, 6, 1, 20, 1, 3, 1, 2, 0, 1, 0, 1, 0);
            double[] src = Values.integers(product(c.src()), -3, 4, 8);
            double[] weights = Values.integers(product(c.weights()), -4, 3, 9);
            double[] expected = Reference.convolution(c, src, weights, new double[0]);
            PrimitiveDesc one = bench.stack.push(PrimitiveDesc.convolutionForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    Algorithm.CONVOLUTION_DIRECT,
                    bench.plain(DataType.F32, 2, 5, 20),
                    bench.plain(DataType.F32, 6, 5, 3),
                    null,
                    bench.plain(DataType.F32, 2, 6, c.ow()),
                    new long[] {2},
                    new long[] {0},
                    new long[] {1},
                    new long[] {1},
                    bench.attr()));
            assertThat(bench.run(one, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights)))
                    .containsExactly(expected);
            PrimitiveDesc three = bench.stack.push(PrimitiveDesc.convolutionForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    Algorithm.CONVOLUTION_DIRECT,
                    bench.plain(DataType.F32, 2, 5, 1, 1, 20),
                    bench.plain(DataType.F32, 6, 5, 1, 1, 3),
                    null,
                    bench.plain(DataType.F32, 2, 6, 1, 1, c.ow()),
                    new long[] {1, 1, 2},
                    new long[] {0, 0, 0},
                    new long[] {0, 0, 1},
                    new long[] {0, 0, 1},
                    bench.attr()));
            assertThat(bench.run(three, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights)))
                    .containsExactly(expected);
        }
    }

    static long product(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            product *= dim;
        }
        return product;
    }
}
