package dev.gatun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class LatencyTest {
    @Test
    void engineAndOnnxRuntimeAnswerAlike() throws Exception {
        Latency run = new Latency();
        run.model = "resnet18";
        run.batch = 2;
        Latency.Gatun gatun = new Latency.Gatun();
        Latency.OnnxRuntime runtime = new Latency.OnnxRuntime();
        gatun.open(run);
        runtime.open(run);
        try {
            float[] ours = run.gatun(gatun).toArray(ValueLayout.JAVA_FLOAT);
            float[][] theirs = (float[][]) run.onnxRuntime(runtime);
            assertThat(theirs).hasDimensions(2, 1000);
            float largest = 0;
            for (float logit : ours) {
                largest = Math.max(largest, Math.abs(logit));
            }
            assertThat(largest).isPositive();
            for (int i = 0; i < ours.length; i++) {
                assertThat(ours[i]).isCloseTo(theirs[i / 1000][i % 1000], within(1e-4f * largest));
            }
        } finally {
            runtime.close();
            gatun.close();
        }
    }
}
