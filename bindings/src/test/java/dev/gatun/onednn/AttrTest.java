package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Post-ops and quantisation on convolutions. */
class AttrTest {
    static Stream<ConvolutionCase> cases() {
        return ConvolutionCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void residualBlockEqualsReference(ConvolutionCase c) {
        // dst = relu(conv(src) + bias + 1 * dst)
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(ConvolutionTest.product(c.src()), -3, 4, 1);
            double[] weights = Values.integers(ConvolutionTest.product(c.weights()), -4, 3, 2);
            double[] bias = Values.integers(ConvolutionTest.product(c.bias()), -9, 9, 3);
            double[] shortcut = Values.integers(ConvolutionTest.product(c.dst()), -99, 99, 4);
            double[] expected = Reference.convolution(c, src, weights, bias);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.max(expected[i] + shortcut[i], 0);
            }
            Attr.Builder attr =
                    Attr.builder().postOps(PostOps.builder().sum(1).relu().build());
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.F32, FormatTag.ANY, c.src()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.bias()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                    bench.attr(attr)));
            double[] actual = bench.run(
                    desc,
                    Map.of(Arg.SRC, src, Arg.WEIGHTS, weights, Arg.BIAS, bias),
                    Map.of(Arg.DST, bench.tensor(desc.dst(), shortcut)));
            assertThat(actual).as(desc.implInfo()).containsExactly(expected);
        }
    }

    @Test
    void binaryPostOpReadsItsOwnArgument() {
        ConvolutionCase c = ConvolutionCase.square(2, 1, 8, 24, 9, 3, 1, 1);
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(ConvolutionTest.product(c.src()), -3, 4, 1);
            double[] weights = Values.integers(ConvolutionTest.product(c.weights()), -4, 3, 2);
            double[] factors = Values.integers(24, -2, 3, 3);
            double[] expected = Reference.convolution(c, src, weights, new double[0]);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Math.max(expected[i], 0) * factors[i / 81 % 24];
            }
            MemoryDesc factorDesc = bench.desc(DataType.F32, FormatTag.NHWC, 1, 24, 1, 1);
            PostOps ops = PostOps.builder()
                    .relu()
                    .binary(Algorithm.BINARY_MUL, factorDesc)
                    .build();
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.F32, FormatTag.ANY, c.src()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                    bench.attr(Attr.builder().postOps(ops))));
            double[] actual = bench.run(
                    desc,
                    Map.of(Arg.SRC, src, Arg.WEIGHTS, weights),
                    Map.of(Arg.attrPostOp(1, Arg.SRC_1), bench.tensor(factorDesc, factors)));
            assertThat(actual).usingComparatorWithPrecision(0.0).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void int8ConvolutionWithScalesEqualsReference(ConvolutionCase c) {
        // scales are powers of two, so that nothing rounds: src 1/2, weights 1/4 or 1 by output channel
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(ConvolutionTest.product(c.src()), 0, 15, 1);
            double[] weights = Values.integers(ConvolutionTest.product(c.weights()), -7, 7, 2);
            double[] scales = Values.map(Values.integers((long) c.g() * c.oc(), 0, 1, 3), x -> x == 0 ? 0.25 : 1);
            double[] expected = Reference.convolution(c, src, weights, new double[0]);
            int plane = c.oh() * c.ow();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= 0.5 * scales[i / plane % scales.length];
            }
            int outputChannels = c.g() == 1 ? 1 : 3;
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.U8, FormatTag.ANY, c.src()),
                    bench.desc(DataType.S8, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                    bench.attr(Attr.builder().scales(Arg.SRC, 0).scales(Arg.WEIGHTS, outputChannels))));
            double[] actual = bench.run(
                    desc,
                    Map.of(Arg.SRC, src, Arg.WEIGHTS, weights),
                    Map.of(
                            Arg.attrScales(Arg.SRC),
                            bench.tensor(bench.plain(DataType.F32, 1), 0.5),
                            Arg.attrScales(Arg.WEIGHTS),
                            bench.tensor(bench.plain(DataType.F32, scales.length), scales)));
            assertThat(actual).as(desc.implInfo()).containsExactly(expected);
        }
    }

    @Test
    void int8ResultIsScaledRoundedToEvenAndSaturated() {
        ConvolutionCase c = ConvolutionCase.square(1, 1, 16, 16, 8, 1, 1, 0);
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(ConvolutionTest.product(c.src()), 0, 15, 1);
            double[] weights = Values.integers(ConvolutionTest.product(c.weights()), -15, 15, 2);
            double[] expected = Values.map(
                    Reference.convolution(c, src, weights, new double[0]), x -> Math.clamp(Math.rint(x / 2), 0, 255));
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.U8, FormatTag.ANY, c.src()),
                    bench.desc(DataType.S8, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(DataType.U8, FormatTag.ANY, c.dst()),
                    bench.attr(Attr.builder()
                            .scales(Arg.DST, 0)
                            .postOps(PostOps.builder().relu().build()))));
            double[] actual = bench.run(
                    desc,
                    Map.of(Arg.SRC, src, Arg.WEIGHTS, weights),
                    Map.of(Arg.attrScales(Arg.DST), bench.tensor(bench.plain(DataType.F32, 1), 2)));
            assertThat(actual).containsExactly(expected);
            assertThat(actual).contains(0).contains(255);
        }
    }

    @Test
    void zeroPointIsSubtractedFromTheSource() {
        int m = 5;
        int k = 33;
        int n = 18;
        try (Bench bench = new Bench()) {
            double[] src = Values.integers((long) m * k, 0, 15, 1);
            double[] weights = Values.integers((long) k * n, -7, 7, 2);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.matmul(
                    bench.engine,
                    bench.plain(DataType.U8, m, k),
                    bench.desc(DataType.S8, FormatTag.ANY, k, n),
                    null,
                    bench.plain(DataType.F32, m, n),
                    bench.attr(Attr.builder().zeroPoints(Arg.SRC, 0))));
            double[] actual = bench.run(
                    desc,
                    Map.of(Arg.SRC, src, Arg.WEIGHTS, weights),
                    Map.of(Arg.attrZeroPoints(Arg.SRC), bench.tensor(bench.plain(DataType.S32, 1), 6)));
            assertThat(actual)
                    .containsExactly(Reference.matmul(m, k, n, Values.map(src, x -> x - 6), weights, new double[0]));
        }
    }

    @Test
    void fpmathModeIsTakenOver() {
        ConvolutionCase c = ConvolutionCase.square(1, 1, 64, 64, 8, 3, 1, 1);
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(ConvolutionTest.product(c.src()), -3, 4, 1);
            double[] weights = Values.integers(ConvolutionTest.product(c.weights()), -4, 3, 2);
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.F32, FormatTag.ANY, c.src()),
                    bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                    bench.attr(Attr.builder().fpmath(FpmathMode.BF16, false).deterministic(true))));
            // small whole numbers are exact in bf16
            assertThat(bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights)))
                    .containsExactly(Reference.convolution(c, src, weights, new double[0]));
        }
    }

    @Test
    void saysWhatItHolds() {
        Attr.Builder builder =
                Attr.builder().postOps(PostOps.builder().sum(1).relu().build()).scales(Arg.WEIGHTS, 1);
        try (Attr attr = builder.build()) {
            assertThat(attr).hasToString("post-ops:sum:1.0+ELTWISE_RELU:0.0:0.0 scales of WEIGHTS:1:f32");
            builder.deterministic(true);
            assertThat(attr.toString()).doesNotContain("deterministic");
        }
    }

    @Test
    void rejectsForeignAlgorithmsAndMasks() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PostOps.builder().eltwise(Algorithm.POOLING_MAX, 0, 0))
                .withMessageContaining("POOLING_MAX is not an algorithm of eltwise");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Attr.builder().scales(Arg.SRC, -1))
                .withMessageContaining("mask");
    }
}
