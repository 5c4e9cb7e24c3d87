package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.Core;
import dev.gatun.natives.Machine;
import dev.gatun.natives.ThreadAffinity;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeatTest {
    /** Node 0 has the CPUs 0 to 3 and 8 to 11, node 1 the others. */
    private static final Machine TWO_NODES = Machines.of(2, 4, OptionalDouble.empty());

    private static final Machine LIMITED = Machines.of(2, 4, OptionalDouble.of(2.5));
    private static final Machine ONE_NODE = Machines.of(1, 8, OptionalDouble.empty());

    private static final BitSet NODE_0 = cpus(0, 1, 2, 3, 8, 9, 10, 11);
    private static final BitSet NODE_1 = cpus(4, 5, 6, 7, 12, 13, 14, 15);

    private final CoreLedger ledger = new CoreLedger();

    private static BitSet cpus(int... numbers) {
        BitSet cpus = new BitSet();
        IntStream.of(numbers).forEach(cpus::set);
        return cpus;
    }

    /** Seats of a pool that a thread on {@code cpu} starts. */
    private List<Seat> seats(Placement placement, Machine machine, int cpu) {
        List<Core> cores = Seat.nearFirst(machine.cores(), cpu);
        return IntStream.range(0, placement.streams())
                .mapToObj(_ -> Seat.take(ledger, placement, machine, cores))
                .toList();
    }

    @Test
    void streamsThatTakeAllCoresHaveTheirOwn() {
        assertThat(seats(Placement.throughput(TWO_NODES), TWO_NODES, 0))
                .extracting(Seat::cpus)
                .containsExactly(cpus(0), cpus(1), cpus(2), cpus(3), cpus(4), cpus(5), cpus(6), cpus(7));
    }

    @Test
    void threadsOfATeamHaveTheirOwnToo() {
        List<Seat> teams = seats(Placement.asked(ONE_NODE, 2, 4), ONE_NODE, 0);
        assertThat(teams).extracting(Seat::cpus).containsExactly(cpus(0, 1, 2, 3), cpus(4, 5, 6, 7));
        assertThat(teams)
                .extracting(Seat::further)
                .containsExactly(List.of(cpus(1), cpus(2), cpus(3)), List.of(cpus(5), cpus(6), cpus(7)));
    }

    @Test
    void aPartOfTheMachineStaysOnTheNodeOfItsStarter() {
        Placement latency = Placement.latency(TWO_NODES, 100);
        assertThat(latency.threads()).isEqualTo(4);
        Seat near = seats(latency, TWO_NODES, 13).getFirst();
        assertThat(near.cpus()).isEqualTo(NODE_1);
        assertThat(near.further()).isEmpty();
        assertThat(seats(latency, TWO_NODES, 13).getFirst().cpus()).isEqualTo(NODE_0);
        ledger.release(near.cores());
        assertThat(seats(latency, TWO_NODES, 0).getFirst().cpus()).isEqualTo(NODE_1);
    }

    @Test
    void streamsFillANodeAndThenTheNext() {
        assertThat(seats(Placement.asked(TWO_NODES, 5, 1), TWO_NODES, 4))
                .extracting(Seat::cpus)
                .containsExactly(NODE_1, NODE_1, NODE_1, NODE_1, NODE_0);
    }

    @Test
    void aQuotaLeavesCoresToNeighbours() {
        assertThat(seats(Placement.throughput(LIMITED), LIMITED, 5))
                .extracting(Seat::cpus)
                .containsExactly(NODE_1, NODE_1, NODE_1);
    }

    @Test
    void allCoresAreNotTakenOnceAQuotaHasShrunk() {
        Machine shrunk = Machines.of(1, 8, OptionalDouble.of(4));
        Placement planned = Placement.latency(ONE_NODE, 100);
        assertThat(planned.threads()).isEqualTo(8);
        assertThat(seats(planned, shrunk, 0)).containsExactly(Seat.ANY);
    }

    @Test
    void aTeamLargerThanANodeMayRunOnBoth() {
        BitSet both = (BitSet) NODE_0.clone();
        both.or(NODE_1);
        assertThat(seats(Placement.asked(TWO_NODES, 1, 5), TWO_NODES, 0))
                .extracting(Seat::cpus)
                .containsExactly(both);
    }

    @Test
    void aPartOfOneNodeIsTheKernelsChoice() {
        assertThat(seats(Placement.asked(ONE_NODE, 7, 1), ONE_NODE, 0)).containsOnly(Seat.ANY);
    }

    @Test
    void askedPinningIsKept() {
        Placement part = Placement.asked(LIMITED, 1, 2);
        assertThat(seats(part.withPinning(Pinning.ALWAYS), LIMITED, 6))
                .extracting(Seat::cpus)
                .containsExactly(cpus(4, 5));
        assertThat(seats(part.withPinning(Pinning.NEVER), LIMITED, 6)).containsExactly(Seat.ANY);
        Placement all = Placement.throughput(TWO_NODES).withPinning(Pinning.NEVER);
        assertThat(seats(all, TWO_NODES, 0)).containsOnly(Seat.ANY);
        Placement tooMany = new Placement(1, 9, Pinning.ALWAYS, "planned for more cores");
        assertThat(seats(tooMany, ONE_NODE, 0)).containsExactly(Seat.ANY);
    }

    @Test
    void whoeverStartsOnNoKnownCpuTakesTheFirstNode() {
        assertThat(Seat.nearFirst(TWO_NODES.cores(), -1)).isEqualTo(TWO_NODES.cores());
    }

    @Test
    void aThreadKnowsItsCpu() throws Exception {
        assumeTrue(ThreadAffinity.supported(), "skipped: threads stay where the kernel puts them");
        int last = ThreadAffinity.current().length() - 1;
        CompletableFuture<Integer> cpu = new CompletableFuture<>();
        Thread.ofPlatform().name("a) R 1 (b").start(() -> {
            ThreadAffinity.pin(cpus(last));
            cpu.complete(Seat.currentCpu());
        });
        assertThat(cpu.get()).isEqualTo(last);
    }

    @Test
    void aStreamStaysInItsSeat() throws Exception {
        assumeTrue(ThreadAffinity.supported(), "skipped: threads stay where the kernel puts them");
        BitSet last = cpus(ThreadAffinity.current().length() - 1);
        WorkQueue queue = new WorkQueue(1);
        StreamThread stream =
                new StreamThread(0, new FakeModel(1), queue, new Seat(List.of(), last, List.of())).start();
        CompletableFuture<BitSet> seen = new CompletableFuture<>();
        queue.add(_ -> seen.complete(ThreadAffinity.current()));
        assertThat(seen.get()).isEqualTo(last);
        assertThat(stream.where()).isEqualTo(last.toString());
        queue.close();
        stream.join();
    }
}
