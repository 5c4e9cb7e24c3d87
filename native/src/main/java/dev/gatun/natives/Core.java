package dev.gatun.natives;

import java.util.List;

/**
 * A physical core that this process may run on. Immutable.
 *
 * @param node number of its NUMA node; {@link #UNKNOWN_NODE} if unknown
 * @param cpus numbers of its CPUs (SMT siblings) that the affinity allows, ascending, at least one
 */
public record Core(int node, List<Integer> cpus) {
    /** Where the machine does not tell its nodes. */
    public static final int UNKNOWN_NODE = -1;

    /** Copies the list. */
    public Core {
        cpus = List.copyOf(cpus);
    }
}
