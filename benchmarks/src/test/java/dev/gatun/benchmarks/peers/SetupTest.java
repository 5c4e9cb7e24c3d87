package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SetupTest {
    @Test
    void latencyIsOneImageOnTheThreadsThatWereAskedFor() {
        Job job = new Job("resnet50", Job.RANDOM, "f32", Scenario.LATENCY, 2);
        assertThat(Setup.of(job, List.of("a", "b"))).containsExactly(new Setup("a", 1, 2, 1), new Setup("b", 1, 2, 1));
    }

    @Test
    void throughputTriesOneLaneOnAllCoresAndOneOnEachCore() {
        Job job = new Job("resnet50", Job.RANDOM, "f32", Scenario.THROUGHPUT, 4);
        assertThat(Setup.of(job, List.of("")))
                .containsExactlyInAnyOrder(new Setup("", 4, 1, 1), new Setup("", 1, 4, 1));
    }

    @Test
    void isLikeAnotherThatDiffersInBatchOnly() {
        assertThat(new Setup("x", 2, 1, 4).isLike(new Setup("x", 2, 1, 8))).isTrue();
        assertThat(new Setup("x", 2, 1, 4).isLike(new Setup("x", 1, 2, 4))).isFalse();
        assertThat(new Setup("x", 2, 1, 4).isLike(new Setup("y", 2, 1, 4))).isFalse();
    }

    @Test
    void neverUsesMoreThreadsThanCores() {
        Job job = new Job("resnet50", Job.RANDOM, "f32", Scenario.THROUGHPUT, 3);
        assertThat(Setup.of(job, List.of("x"))).allMatch(setup -> setup.lanes() * setup.threads() == 3);
    }
}
