package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScatterTest {
    @Test
    void multipliesAndTakesTheTime() {
        Scatter scatter = new Scatter();
        long before = scatter.product();
        scatter.take(3);
        assertThat(scatter.product()).isNotEqualTo(before);
        assertThat(scatter.p99OverMedian()).isGreaterThanOrEqualTo(1);
    }
}
