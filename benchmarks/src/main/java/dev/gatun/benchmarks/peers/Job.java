package dev.gatun.benchmarks.peers;

/**
 * What a contender is to run.
 *
 * @param model name of a variant
 * @param weights path of its weights, or {@link #RANDOM}; those of a quantised file for {@link #INT8}
 * @param precision {@code f32}, {@code bf16}, {@code f16} or {@code int8}
 * @param scenario what is measured
 * @param threads of a run for latency, cores to use for throughput
 */
record Job(String model, String weights, String precision, Scenario scenario, int threads) {
    /** Says that weights are drawn, the same in every process. */
    static final String RANDOM = "random";

    /** The precision that needs a quantised file. */
    static final String INT8 = "int8";

    boolean int8() {
        return precision.equals(INT8);
    }
}
