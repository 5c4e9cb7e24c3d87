package dev.gatun.runtime;

import dev.gatun.natives.Core;
import dev.gatun.natives.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a stream computes. Immutable.
 *
 * @param cores that it counts on, to be given back to the ledger; empty if the kernel chooses
 * @param cpus that its thread may run on; empty if the kernel chooses
 * @param further CPUs of each further thread; empty if they may run where the first may
 */
record Seat(List<Core> cores, BitSet cpus, List<BitSet> further) {
    /** The kernel's choice. */
    static final Seat ANY = new Seat(List.of(), new BitSet(), List.of());

    private static final Path STAT = Path.of("/proc/thread-self/stat");

    /** Number of {@code processor} in proc(5), of which the name, which may have spaces, is the second. */
    private static final int PROCESSOR = 39;

    private static final int NAME = 2;

    /**
     * A seat for one more stream.
     *
     * @param cores of {@code machine}, in the order to take them in
     */
    static Seat take(CoreLedger ledger, Placement placement, Machine machine, List<Core> cores) {
        if (placement.ownsCores(machine)) {
            List<Core> taken = ledger.take(cores, placement.threads());
            // One CPU of each core: siblings share its multipliers.
            List<BitSet> own = taken.stream()
                    .map(core -> set(Stream.of(core.cpus().getFirst())))
                    .toList();
            return new Seat(taken, set(own.stream().flatMap(one -> one.stream().boxed())), own.subList(1, own.size()));
        }
        if (placement.staysOnNodes(machine)) {
            List<Core> taken = ledger.take(cores, placement.threads());
            Set<Integer> nodes = taken.stream().map(Core::node).collect(Collectors.toSet());
            Stream<Core> around = cores.stream().filter(core -> nodes.contains(core.node()));
            return new Seat(taken, set(around.flatMap(core -> core.cpus().stream())), List.of());
        }
        return ANY;
    }

    private static BitSet set(Stream<Integer> cpus) {
        BitSet set = new BitSet();
        cpus.forEach(set::set);
        return set;
    }

    /** {@code cores} with those of the node of {@code cpu} first. */
    static List<Core> nearFirst(List<Core> cores, int cpu) {
        Set<Integer> near = cores.stream()
                .filter(core -> core.cpus().contains(cpu))
                .map(Core::node)
                .collect(Collectors.toSet());
        return cores.stream()
                .sorted(Comparator.comparing(core -> !near.contains(core.node())))
                .toList();
    }

    /** Number of the CPU that the calling thread runs on; -1 if the system does not tell. */
    static int currentCpu() {
        try {
            String stat = Files.readString(STAT, StandardCharsets.ISO_8859_1);
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(behindName[PROCESSOR - NAME - 1]);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return -1;
        }
    }
}
