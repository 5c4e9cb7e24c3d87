package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixTest {
    @ParameterizedTest
    @CsvSource({"1,1,1", "1,512,1000", "3,17,5", "33,64,48", "16,2048,10"})
    void matmulEqualsReferenceInEveryImplementation(int m, int k, int n) {
        try (Bench bench = new Bench()) {
            double[] src = Values.integers((long) m * k, -4, 4, 1);
            double[] weights = Values.integers((long) k * n, -4, 4, 2);
            double[] bias = Values.integers(n, -9, 9, 3);
            double[] expected = Reference.matmul(m, k, n, src, weights, bias);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.matmul(
                    bench.engine,
                    bench.plain(DataType.F32, m, k),
                    bench.desc(DataType.F32, FormatTag.ANY, k, n),
                    bench.plain(DataType.F32, 1, n),
                    bench.plain(DataType.F32, m, n),
                    bench.attr()));
            do {
                assertThat(bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights, Arg.BIAS, bias)))
                        .as(desc.implInfo())
                        .containsExactly(expected);
            } while (desc.nextImpl());
        }
    }

    @Test
    void matmulOfBatchesEqualsReferenceOfEach() {
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(2 * 3 * 7, -4, 4, 1);
            double[] weights = Values.integers(2 * 7 * 5, -4, 4, 2);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.matmul(
                    bench.engine,
                    bench.plain(DataType.F32, 2, 3, 7),
                    bench.desc(DataType.F32, FormatTag.ANY, 2, 7, 5),
                    null,
                    bench.plain(DataType.F32, 2, 3, 5),
                    bench.attr()));
            double[] actual = bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights));
            for (int b = 0; b < 2; b++) {
                double[] expected = Reference.matmul(
                        3,
                        7,
                        5,
                        Arrays.copyOfRange(src, b * 21, b * 21 + 21),
                        Arrays.copyOfRange(weights, b * 35, b * 35 + 35),
                        new double[0]);
                assertThat(Arrays.copyOfRange(actual, b * 15, b * 15 + 15)).containsExactly(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,512,1000", "5,37,11", "2,2048,10"})
    void innerProductEqualsReferenceInEveryImplementation(int mb, int ic, int oc) {
        try (Bench bench = new Bench()) {
            double[] src = Values.integers((long) mb * ic, -4, 4, 1);
            double[] weights = Values.integers((long) oc * ic, -4, 4, 2);
            double[] bias = Values.integers(oc, -9, 9, 3);
            double[] expected = Reference.matmul(mb, ic, oc, src, Reference.transpose(oc, ic, weights), bias);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.innerProductForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    bench.plain(DataType.F32, mb, ic),
                    bench.desc(DataType.F32, FormatTag.ANY, oc, ic),
                    bench.plain(DataType.F32, oc),
                    bench.plain(DataType.F32, mb, oc),
                    bench.attr()));
            do {
                assertThat(bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights, Arg.BIAS, bias)))
                        .as(desc.implInfo())
                        .containsExactly(expected);
            } while (desc.nextImpl());
        }
    }

    @Test
    void innerProductSumsOverSpatialDimensions() {
        try (Bench bench = new Bench()) {
            double[] src = Values.integers(2 * 3 * 4 * 5, -4, 4, 1);
            double[] weights = Values.integers(7 * 3 * 4 * 5, -4, 4, 2);
            PrimitiveDesc desc = bench.stack.push(PrimitiveDesc.innerProductForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    bench.desc(DataType.F32, FormatTag.NHWC, 2, 3, 4, 5),
                    bench.desc(DataType.F32, FormatTag.ANY, 7, 3, 4, 5),
                    null,
                    bench.plain(DataType.F32, 2, 7),
                    bench.attr()));
            assertThat(bench.run(desc, Map.of(Arg.SRC, src, Arg.WEIGHTS, weights)))
                    .containsExactly(
                            Reference.matmul(2, 60, 7, src, Reference.transpose(7, 60, weights), new double[0]));
        }
    }
}
