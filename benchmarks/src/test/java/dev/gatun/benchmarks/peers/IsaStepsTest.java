package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.onednn.OneDnn;
import java.util.List;
import org.junit.jupiter.api.Test;

class IsaStepsTest {
    @Test
    void findsTheInstructionSetInWhatAWorkerSays() {
        assertThat(IsaSteps.title(new GatunPeer().about()))
                .isEqualTo(OneDnn.effectiveIsa().toString());
    }

    @Test
    void readsTheRunsOfATurn() {
        List<String> turn = List.of(new Timed(9_000_000, 0).toString(), new Timed(2_000_000, 5).toString());
        assertThat(IsaSteps.millis(turn)).containsExactly(2.0);
    }
}
