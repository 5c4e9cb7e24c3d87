package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.onednn.OneDnn;
import org.junit.jupiter.api.Test;

class IsaStepsTest {
    @Test
    void findsTheInstructionSetInWhatAWorkerSays() {
        assertThat(IsaSteps.title(new GatunPeer().about()))
                .isEqualTo(OneDnn.effectiveIsa().toString());
    }
}
