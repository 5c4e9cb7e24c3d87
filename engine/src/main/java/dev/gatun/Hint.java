package dev.gatun;

/** What a model is to be good at. */
public enum Hint {
    /** A single batch is done soon: one stream of as many threads as its work keeps busy. */
    LATENCY,
    /** Many images are done soon: a stream of one thread for each core. */
    THROUGHPUT
}
