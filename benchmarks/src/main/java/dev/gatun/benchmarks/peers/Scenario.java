package dev.gatun.benchmarks.peers;

/** What is measured. */
enum Scenario {
    /** Nanoseconds of each run of one image. */
    LATENCY,
    /** Images a second on all cores. */
    THROUGHPUT
}
