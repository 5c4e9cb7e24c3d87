package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Softmax, reduction and resampling. */
class AxisTest {
    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX_ACCURATE", "SOFTMAX_LOG"})
    void softmaxApproximatesReferenceAlongEveryAxis(Algorithm algorithm) {
        int[] dims = {3, 37, 5};
        double[] src = Values.reals(3 * 37 * 5, -30, 30, 1);
        for (int axis = 0; axis < 3; axis++) {
            int outer = axis == 0 ? 1 : axis == 1 ? dims[0] : dims[0] * dims[1];
            int inner = 3 * 37 * 5 / outer / dims[axis];
            double[] expected = Reference.softmax(outer, dims[axis], inner, src);
            try (Bench bench = new Bench()) {
                MemoryDesc desc = bench.plain(DataType.F32, 3, 37, 5);
                double[] actual = bench.run(
                        bench.stack.push(PrimitiveDesc.softmaxForward(
                                bench.engine, PropKind.FORWARD_INFERENCE, algorithm, desc, desc, axis, bench.attr())),
                        Map.of(Arg.SRC, src));
                boolean log = algorithm == Algorithm.SOFTMAX_LOG;
                Values.assertClose(actual, log ? Values.map(expected, Math::log) : expected, 2e-6);
            }
        }
    }

    @Test
    void softmaxSurvivesLogitsThatOverflowTheExponential() {
        try (Bench bench = new Bench()) {
            MemoryDesc desc = bench.plain(DataType.F32, 1, 3);
            double[] actual = bench.run(
                    bench.stack.push(PrimitiveDesc.softmaxForward(
                            bench.engine,
                            PropKind.FORWARD_INFERENCE,
                            Algorithm.SOFTMAX_ACCURATE,
                            desc,
                            desc,
                            1,
                            bench.attr())),
                    Map.of(Arg.SRC, new double[] {1e4, 1e4, -1e4}));
            assertThat(actual).containsExactly(0.5, 0.5, 0);
        }
    }

    @Test
    void reductionEqualsReference() {
        double[] src = Values.integers(2 * 16 * 6 * 6, -9, 9, 1);
        double[] sums = Reference.fold(2 * 16, 36, 1, src, 0, Double::sum);
        assertThat(reduce(Algorithm.REDUCTION_SUM, src)).containsExactly(sums);
        assertThat(reduce(Algorithm.REDUCTION_MAX, src))
                .containsExactly(Reference.fold(2 * 16, 36, 1, src, Double.NEGATIVE_INFINITY, Math::max));
        assertThat(reduce(Algorithm.REDUCTION_MIN, src))
                .containsExactly(Reference.fold(2 * 16, 36, 1, src, Double.POSITIVE_INFINITY, Math::min));
        Values.assertClose(reduce(Algorithm.REDUCTION_MEAN, src), Values.map(sums, x -> x / 36), 0x1p-22);
        double[] ones = Values.map(src, x -> x > 0 ? 1 : -1);
        assertThat(reduce(Algorithm.REDUCTION_MUL, ones))
                .containsExactly(Reference.fold(2 * 16, 36, 1, ones, 1, (a, b) -> a * b));
        double[] norms = Values.map(Reference.fold(2 * 16, 36, 1, src, 0, (a, b) -> a + b * b), Math::sqrt);
        Values.assertClose(reduce(Algorithm.REDUCTION_NORM_LP_SUM, src), norms, 2e-6);
    }

    private static double[] reduce(Algorithm algorithm, double[] src) {
        try (Bench bench = new Bench()) {
            return bench.run(
                    bench.stack.push(PrimitiveDesc.reduction(
                            bench.engine,
                            algorithm,
                            bench.desc(DataType.F32, FormatTag.NHWC, 2, 16, 6, 6),
                            bench.desc(DataType.F32, FormatTag.NHWC, 2, 16, 1, 1),
                            2,
                            0,
                            bench.attr())),
                    Map.of(Arg.SRC, src));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESAMPLING_NEAREST", "RESAMPLING_LINEAR"})
    void resamplingApproximatesReference(Algorithm algorithm) {
        double[] src = Values.integers(2 * 5 * 9 * 7, -9, 9, 1);
        for (int[] size : new int[][] {{18, 14}, {13, 4}, {3, 3}}) {
            try (Bench bench = new Bench()) {
                double[] actual = bench.run(
                        bench.stack.push(PrimitiveDesc.resamplingForward(
                                bench.engine,
                                PropKind.FORWARD_INFERENCE,
                                algorithm,
                                bench.desc(DataType.F32, FormatTag.NHWC, 2, 5, 9, 7),
                                bench.desc(DataType.F32, FormatTag.NHWC, 2, 5, size[0], size[1]),
                                bench.attr())),
                        Map.of(Arg.SRC, src));
                Values.assertClose(actual, Reference.resampling(algorithm, 2 * 5, 9, 7, size[0], size[1], src), 2e-6);
            }
        }
    }
}
