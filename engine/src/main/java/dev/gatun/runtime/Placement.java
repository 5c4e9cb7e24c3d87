package dev.gatun.runtime;

import dev.gatun.natives.Core;
import dev.gatun.natives.Machine;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How many streams of how many threads compute side by side, and why. Immutable.
 *
 * @param streams that run at the same time, at least 1
 * @param threads OpenMP threads of each, at least 1
 * @param pinning where they stay
 * @param reason in words
 */
public record Placement(int streams, int threads, Pinning pinning, String reason) {
    /** Checks the numbers. */
    public Placement {
        if (streams < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    streams + " streams of " + threads + " threads, expected at least 1 of each");
        }
    }

    /**
     * One stream for single batches: as many threads as there is work for, on the cores of one NUMA node, since a barrier across nodes
     * costs more than their cores give.
     *
     * @param useful threads that the work of a run keeps busy
     */
    public static Placement latency(Machine machine, int useful) {
        int node = coresOfANode(machine);
        int threads = Math.clamp(useful, 1, Math.min(machine.usableThreads(), node));
        String bound = "the work of a run keeps " + count(useful, "thread") + " busy";
        if (useful > threads) {
            bound = threads == machine.usableThreads()
                    ? "all usable threads"
                    : "as many as one NUMA node has cores for, of " + machine.usableThreads() + " usable threads";
        }
        return new Placement(1, threads, Pinning.AUTO, bound + "; " + explain(machine));
    }

    /** As many streams of one thread as there are cores to use: no stream waits at the barriers of another's layers. */
    public static Placement throughput(Machine machine) {
        return new Placement(
                machine.usableThreads(), 1, Pinning.AUTO, "a stream for each usable core; " + explain(machine));
    }

    /**
     * What the caller wants.
     *
     * @throws IllegalArgumentException if these are more threads than this process can use at full speed
     */
    public static Placement asked(Machine machine, int streams, int threads) {
        Placement placement = new Placement(streams, threads, Pinning.AUTO, "as asked; " + explain(machine));
        placement.checkFits(machine);
        return placement;
    }

    /** The same with no more streams than this process has threads for now, but one: a quota may have shrunk since it was planned. */
    public Placement within(Machine machine) {
        int most = Math.max(1, machine.usableThreads() / threads);
        return streams <= most
                ? this
                : new Placement(
                        most, threads, pinning, "instead of " + streams + " that were planned; " + explain(machine));
    }

    /** The same with threads that stay elsewhere. */
    public Placement withPinning(Pinning pinning) {
        return new Placement(streams, threads, pinning, reason);
    }

    /** {@code 2 streams x 1 thread}. */
    public String describe() {
        return count(streams, "stream") + " x " + count(threads, "thread");
    }

    void checkFits(Machine machine) {
        if ((long) streams * threads > machine.usableThreads()) {
            throw new IllegalArgumentException(describe() + " would be more than the "
                    + count(machine.usableThreads(), "thread") + " that this process can use: " + explain(machine));
        }
    }

    /** Whether streams have cores of their own on this machine. */
    boolean ownsCores(Machine machine) {
        int cores = machine.cores().size();
        return switch (pinning) {
            case ALWAYS -> threads <= cores;
            case NEVER -> false;
            // A quota below the cores leaves room for neighbours, whom this process does not see.
            case AUTO -> (long) streams * threads == cores && cores <= machine.usableThreads();
        };
    }

    /** Whether streams stay on NUMA nodes of this machine. */
    boolean staysOnNodes(Machine machine) {
        return pinning == Pinning.AUTO && !ownsCores(machine) && nodes(machine) > 1;
    }

    private static int coresOfANode(Machine machine) {
        Collection<Long> cores = machine.cores().stream()
                .collect(Collectors.groupingBy(Core::node, Collectors.counting()))
                .values();
        return (int) cores.stream().mapToLong(Long::longValue).max().orElse(1);
    }

    private static int nodes(Machine machine) {
        Function<Core, Integer> node = Core::node;
        return (int) machine.cores().stream().map(node).distinct().count();
    }

    private static String explain(Machine machine) {
        return machine.explainThreads() + ", " + count(nodes(machine), "NUMA node");
    }

    private static String count(int count, String thing) {
        return String.format(Locale.ROOT, "%d %s%s", count, thing, count == 1 ? "" : "s");
    }

    @Override
    public String toString() {
        return describe() + ": " + reason;
    }
}
