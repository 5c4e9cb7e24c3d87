package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.Machine;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final Machine TWO_NODES = Machines.of(2, 8, OptionalDouble.empty());
    private static final Machine LIMITED = Machines.of(2, 8, OptionalDouble.of(2.5));

    @Test
    void throughputHasAStreamForEachCoreButNoneForSiblings() {
        Placement placement = Placement.throughput(TWO_NODES);
        assertThat(placement.streams()).isEqualTo(16);
        assertThat(placement.threads()).isEqualTo(1);
        assertThat(placement)
                .hasToString(
                        "16 streams x 1 thread: a stream for each usable core; 16 usable threads: affinity of 32 of"
                                + " 32 CPUs on 16 cores, cgroup quota none, 2 NUMA nodes");
    }

    @Test
    void aQuotaBoundsStreamsAndThreads() {
        assertThat(Placement.throughput(LIMITED).streams()).isEqualTo(3);
        assertThat(Placement.latency(LIMITED, 100).threads()).isEqualTo(3);
        assertThat(Placement.latency(LIMITED, 100).reason())
                .startsWith("all usable threads; 3 usable threads")
                .contains("cgroup quota 2.50 CPUs");
    }

    @Test
    void aTeamStaysOnOneNode() {
        Placement placement = Placement.latency(TWO_NODES, 100);
        assertThat(placement.describe()).isEqualTo("1 stream x 8 threads");
        assertThat(placement.reason()).startsWith("as many as one NUMA node has cores for, of 16 usable threads");
    }

    @Test
    void aTeamIsNoLargerThanItsWork() {
        Placement placement = Placement.latency(TWO_NODES, 3);
        assertThat(placement.threads()).isEqualTo(3);
        assertThat(placement.reason()).startsWith("the work of a run keeps 3 threads busy");
    }

    @Test
    void moreThanTheMachineIsRefused() {
        assertThatThrownBy(() -> Placement.asked(LIMITED, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "2 streams x 2 threads would be more than the 3 threads that this process can use");
        assertThatThrownBy(() -> new Placement(0, 1, Pinning.NEVER, "")).hasMessageContaining("0 streams");
        assertThat(Placement.asked(LIMITED, 3, 1).streams()).isEqualTo(3);
    }

    @Test
    void aQuotaThatShrankLeavesFewerStreams() {
        Placement planned = Placement.throughput(TWO_NODES);
        assertThat(planned.within(TWO_NODES)).isSameAs(planned);
        assertThat(planned.within(LIMITED).describe()).isEqualTo("3 streams x 1 thread");
        assertThat(planned.within(LIMITED).reason()).startsWith("instead of 16 that were planned; 3 usable threads");
        assertThat(Placement.asked(TWO_NODES, 2, 8).within(LIMITED).describe()).isEqualTo("1 stream x 8 threads");
    }
}
