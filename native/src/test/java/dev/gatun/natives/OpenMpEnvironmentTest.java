package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenMpEnvironmentTest {
    private final Map<String, String> set = new LinkedHashMap<>();

    private Map<String, String> apply(Map<String, String> users) {
        Machine machine = Machine.of(Path.of("/nonexistent"), 3, "test");
        return OpenMpEnvironment.apply(machine, users::get, set::put);
    }

    @Test
    void setsWhatTheUserHasNot() {
        Map<String, String> applied = apply(Map.of());
        assertThat(applied)
                .isEqualTo(set)
                .containsExactly(
                        Map.entry("OMP_NUM_THREADS", "3"),
                        Map.entry("OMP_DYNAMIC", "false"),
                        Map.entry("GOMP_SPINCOUNT", "100000"),
                        Map.entry("KMP_BLOCKTIME", "1"));
    }

    @Test
    void leavesTheUsersVariables() {
        assertThat(apply(Map.of("OMP_NUM_THREADS", "7", "GOMP_SPINCOUNT", "0")))
                .containsOnlyKeys("OMP_DYNAMIC", "KMP_BLOCKTIME");
    }

    @Test
    void waitPolicyOfTheUserIsNotOverriddenBySpinning() {
        assertThat(apply(Map.of("OMP_WAIT_POLICY", "ACTIVE"))).containsOnlyKeys("OMP_NUM_THREADS", "OMP_DYNAMIC");
    }
}
