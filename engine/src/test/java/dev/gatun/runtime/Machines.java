package dev.gatun.runtime;

import dev.gatun.natives.Core;
import dev.gatun.natives.HugePages;
import dev.gatun.natives.Machine;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** Machines that are not there. */
public final class Machines {
    private Machines() {}

    /** Cores with two CPUs each, numbered node by node, and then their siblings. */
    public static Machine of(int nodes, int coresOfNode, OptionalDouble quota) {
        int count = nodes * coresOfNode;
        List<Core> cores = IntStream.range(0, count)
                .mapToObj(i -> new Core(i / coresOfNode, List.of(i, i + count)))
                .toList();
        return new Machine(
                "test",
                Set.of(),
                false,
                2 * count,
                count,
                IntStream.range(0, 2 * count).boxed().toList(),
                count,
                cores,
                quota,
                IntStream.range(0, nodes).boxed().toList(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                new HugePages("", 0, 0));
    }
}
