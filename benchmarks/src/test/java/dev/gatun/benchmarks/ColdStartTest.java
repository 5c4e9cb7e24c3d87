package dev.gatun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ColdStartTest {
    @Test
    void processesOfBothLibrariesGiveTheSameFirstResult() throws Exception {
        ColdStart benchmark = new ColdStart();
        benchmark.model = "resnet18";
        benchmark.write();
        try {
            float ours = logit(benchmark.gatunF32());
            assertThat(ours).isNotZero();
            assertThat(logit(benchmark.onnxRuntimeF32())).isCloseTo(ours, within(1e-3f * Math.abs(ours)));
            benchmark.caches = "cold";
            benchmark.forget();
            // The largest logit is 0.5.
            ColdStart.Quantized quantized = new ColdStart.Quantized();
            quantized.write(benchmark);
            assertThat(logit(benchmark.gatunInt8(quantized))).isCloseTo(ours, within(0.02f));
        } finally {
            benchmark.remove();
        }
    }

    private static float logit(String line) {
        assertThat(line).startsWith(ColdStart.First.RESULT);
        return Float.parseFloat(line.substring(ColdStart.First.RESULT.length()));
    }
}
