package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartsTest {
    @Test
    void readsWhatLinuxTellsOfMemory() {
        assertThat(Starts.kilobytes("VmHWM:\t  212345 kB")).isEqualTo(212_345);
    }
}
