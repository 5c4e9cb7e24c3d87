package dev.gatun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.spec.InputFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreprocessTest {
    @Test
    void decodesThePictureThatItDrew() {
        Preprocess benchmark = new Preprocess();
        benchmark.draw();
        try {
            assertThat(benchmark.decode().width()).isEqualTo(500);
            assertThat(benchmark.decode().height()).isEqualTo(375);
        } finally {
            benchmark.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32_NCHW", "U8_NHWC"})
    void fillsTheInputOfANetwork(InputFormat format) {
        Preprocess benchmark = new Preprocess();
        benchmark.format = format;
        benchmark.draw();
        try {
            MemorySegment input = benchmark.resizeAndNormalize();
            assertThat(input.byteSize()).isEqualTo(3L * 224 * 224 * format.elementBytes());
            byte[] bytes = input.toArray(ValueLayout.JAVA_BYTE);
            assertThat(Arrays.copyOfRange(bytes, bytes.length - 64, bytes.length))
                    .isNotEqualTo(new byte[64]);
        } finally {
            benchmark.close();
        }
    }
}
