package dev.gatun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ThroughputTest {
    @Test
    void countsTheImagesOfEachRunAndComputesThem() {
        Throughput benchmark = new Throughput();
        benchmark.model = "resnet18";
        benchmark.batch = 2;
        benchmark.open();
        Throughput.Stream stream = new Throughput.Stream();
        Throughput.Done done = new Throughput.Done();
        try {
            stream.open(benchmark);
            benchmark.gatun(stream, done);
            float[] logits = benchmark.gatun(stream, done).toArray(ValueLayout.JAVA_FLOAT);
            assertThat(done.images).isEqualTo(4);
            assertThat(logits).hasSize(2000);
            assertThat(logits[0]).isNotEqualTo(logits[1000]).isNotZero();
        } finally {
            stream.close();
            benchmark.close();
        }
    }
}
