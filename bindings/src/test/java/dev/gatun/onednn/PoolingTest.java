package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolingTest {
    private static final int MB = 2;
    private static final int CHANNELS = 19;

    private static final List<ConvolutionCase> WINDOWS = List.of(
            ConvolutionCase.square(MB, 1, 1, 1, 17, 3, 2, 1), // stem
            ConvolutionCase.square(MB, 1, 1, 1, 7, 7, 1, 0), // global
            new ConvolutionCase(MB, 1, 1, 1, 9, 14, 2, 3, 1, 2, 0, 1, 1, 2, 0), // asymmetric
            new ConvolutionCase(MB, 1, 1, 1, 12, 11, 3, 3, 2, 2, 0, 0, 1, 1, 0), // SAME
            new ConvolutionCase(MB, 1, 1, 1, 13, 13, 3, 3, 1, 1, 2, 2, 2, 2, 1)); // dilation

    @ParameterizedTest
    @EnumSource(names = {"POOLING_MAX", "POOLING_AVG_INCLUDE_PADDING", "POOLING_AVG_EXCLUDE_PADDING"})
    void equalsReferenceInEveryImplementationAndLayout(Algorithm algorithm) {
        for (ConvolutionCase window : WINDOWS) {
            for (FormatTag tag : List.of(FormatTag.NCHW, FormatTag.NHWC, FormatTag.NCHW16C)) {
                check(algorithm, window, tag);
            }
        }
    }

    private static void check(Algorithm algorithm, ConvolutionCase window, FormatTag tag) {
        try (Bench bench = new Bench()) {
            double[] src = Values.integers((long) MB * CHANNELS * window.ih() * window.iw(), -20, 20, 1);
            double[] expected = Reference.pooling(window, algorithm, MB * CHANNELS, src);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.poolingForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    algorithm,
                    bench.desc(DataType.F32, tag, MB, CHANNELS, window.ih(), window.iw()),
                    bench.desc(DataType.F32, FormatTag.ANY, MB, CHANNELS, window.oh(), window.ow()),
                    window.strides(),
                    new long[] {window.kh(), window.kw()},
                    window.dilates(),
                    window.padL(),
                    window.padR(),
                    bench.attr()));
            do {
                double[] actual = bench.run(desc, Map.of(Arg.SRC, src));
                if (algorithm == Algorithm.POOLING_MAX) {
                    assertThat(actual).as(desc.implInfo()).containsExactly(expected);
                } else {
                    // a division, or a product with the reciprocal
                    Values.assertClose(actual, expected, 0x1p-22);
                }
            } while (desc.nextImpl());
        }
    }
}
