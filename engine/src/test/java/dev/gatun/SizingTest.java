package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.Machine;
import dev.gatun.runtime.Machines;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SizingTest {
    private static final double WORK = 4e9;
    private static final Machine ALL = Machines.of(1, 8, OptionalDouble.empty());
    private static final Machine SHRUNK = Machines.of(1, 8, OptionalDouble.of(4));

    private final CompileOptions options = CompileOptions.defaults().withHint(Hint.THROUGHPUT);

    private static String streams(CompileOptions options, Machine later) {
        return Sizing.of(options, ALL, WORK).placement(later).describe();
    }

    @Test
    void streamsThatNobodyAskedForShrinkWithTheQuota() {
        assertThat(streams(options, ALL)).isEqualTo("8 streams x 1 thread");
        assertThat(streams(options, SHRUNK)).isEqualTo("4 streams x 1 thread");
        assertThat(streams(options.withThreads(2), SHRUNK)).isEqualTo("2 streams x 2 threads");
        assertThat(streams(CompileOptions.defaults(), SHRUNK)).isEqualTo("1 stream x 8 threads");
        assertThat(streams(options.withStreams(8), SHRUNK)).isEqualTo("8 streams x 1 thread");
    }

    @Test
    void moreThanTheProcessCanUseIsNotPlanned() {
        assertThatThrownBy(() -> Sizing.of(options.withStreams(5), SHRUNK, WORK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "5 streams x 1 thread would be more than the 4 threads that this process can use: 4 usable");
        // Siblings would share the multipliers of their cores.
        assertThatThrownBy(() -> Sizing.of(CompileOptions.defaults().withThreads(16), ALL, WORK))
                .hasMessageStartingWith("1 stream x 16 threads would be more than the 8 threads");
        assertThatThrownBy(() -> Sizing.of(options.withStreams(3).withThreads(3), ALL, WORK))
                .hasMessageStartingWith("3 streams x 3 threads would be more than the 8 threads");
    }
}
