package dev.gatun.benchmarks.peers;

import java.util.List;

/**
 * A scenario with its threads: a column of the table.
 *
 * @param scenario what is measured
 * @param threads of a run, or cores
 */
record Column(Scenario scenario, int threads) {
    /** One thread, all cores, throughput. */
    static List<Column> of(int cores) {
        Column one = new Column(Scenario.LATENCY, 1);
        Column rate = new Column(Scenario.THROUGHPUT, cores);
        return cores == 1 ? List.of(one, rate) : List.of(one, new Column(Scenario.LATENCY, cores), rate);
    }

    /** What the column is called. */
    String title() {
        String on = threads + (threads == 1 ? " thread" : " threads");
        return scenario == Scenario.LATENCY
                ? "batch 1 on " + on + ", ms"
                : "images/s on " + threads + (threads == 1 ? " core" : " cores");
    }

    /** In file formats and as part of names in the worker's protocol. */
    String id() {
        return scenario + "-" + threads;
    }
}
