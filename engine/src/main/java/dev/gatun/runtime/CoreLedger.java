package dev.gatun.runtime;

import dev.gatun.natives.Core;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which cores the streams of this process count on, so that a second pool takes others while there are some. Thread-safe. */
final class CoreLedger {
    /** Of this process. */
    static final CoreLedger PROCESS = new CoreLedger();

    private final Map<Core, Integer> streams = new HashMap<>();

    /**
     * Gives a stream the cores that the fewest streams have, all of one NUMA node if one has enough.
     *
     * @param cores to choose from, node by node, first those to take where the load is the same
     * @param threads how many it needs, at most as many as there are
     */
    synchronized List<Core> take(List<Core> cores, int threads) {
        List<Core> best = least(cores, threads);
        int load = Integer.MAX_VALUE;
        for (List<Core> node : byNode(cores)) {
            List<Core> candidates = least(node, threads);
            if (candidates.size() == threads && load(candidates) < load) {
                best = candidates;
                load = load(candidates);
            }
        }
        best.forEach(core -> streams.merge(core, 1, Integer::sum));
        return best;
    }

    /** Takes back what a stream was given. */
    synchronized void release(List<Core> cores) {
        cores.forEach(core -> streams.computeIfPresent(core, (_, count) -> count == 1 ? null : count - 1));
    }

    private static List<List<Core>> byNode(List<Core> cores) {
        Map<Integer, List<Core>> nodes = new LinkedHashMap<>();
        cores.forEach(core ->
                nodes.computeIfAbsent(core.node(), _ -> new ArrayList<>()).add(core));
        return List.copyOf(nodes.values());
    }

    private List<Core> least(List<Core> cores, int count) {
        return cores.stream()
                .sorted(Comparator.comparingInt(this::streamsOn))
                .limit(count)
                .toList();
    }

    private int streamsOn(Core core) {
        return streams.getOrDefault(core, 0);
    }

    private int load(List<Core> cores) {
        return cores.stream().mapToInt(this::streamsOn).sum();
    }
}
