package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionTest {
    @ParameterizedTest
    @CsvSource({"3,13,0", "3,13,7", "3,99,0"})
    void takes(int major, int minor, int patch) {
        assertThatCode(() -> new Version(major, minor, patch, "").requireSupported("lib"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"3,12,9,old", "2,99,0,old", "4,0,0,new", "5,13,0,new", "0,0,0,old"})
    void refuses(int major, int minor, int patch, String why) {
        assertThatThrownBy(() -> new Version(major, minor, patch, "").requireSupported("lib"))
                .isInstanceOf(NativeLoadException.class)
                .hasMessage("lib is oneDNN %d.%d.%d, too %s: expected at least 3.13 and less than 4.0"
                        .formatted(major, minor, patch, why));
    }

    @Test
    void readsCpuRuntimeCodes() {
        assertThat(CpuRuntime.of(2)).isEqualTo(CpuRuntime.OPENMP);
        assertThat(CpuRuntime.of(8)).isEqualTo(CpuRuntime.THREADPOOL);
        assertThat(CpuRuntime.of(4096)).isEqualTo(CpuRuntime.UNKNOWN);
    }
}
