package dev.gatun.quantize;

import dev.gatun.natives.Machine;
import java.util.function.Consumer;

/**
 * How a network is quantised.
 *
 * @param bar that has to be reached; layers compute in float until it is
 * @param threads that compute; the result does not depend on them
 * @param log is told in words what is being done
 * @param search whether ranges, and scales of weights, are chosen among several by the error that they cause, which takes minutes where a
 *     network has a hundred layers; else all are those of the largest magnitudes, and the report knows no errors of single layers
 */
public record QuantizeOptions(Bar bar, int threads, Consumer<String> log, boolean search) {
    /** Checks the threads. */
    public QuantizeOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
        }
    }

    /** {@link Bar#DEFAULT} on all cores of this process, silently. */
    public static QuantizeOptions defaults() {
        return new QuantizeOptions(Bar.DEFAULT, Machine.current().usableThreads(), _ -> {}, true);
    }

    /** These options with another bar. */
    public QuantizeOptions withBar(Bar bar) {
        return new QuantizeOptions(bar, threads, log, search);
    }

    /** These options with another number of threads. */
    public QuantizeOptions withThreads(int threads) {
        return new QuantizeOptions(bar, threads, log, search);
    }

    /** These options with another listener. */
    public QuantizeOptions withLog(Consumer<String> log) {
        return new QuantizeOptions(bar, threads, log, search);
    }

    /** These options with or without the search. */
    public QuantizeOptions withSearch(boolean search) {
        return new QuantizeOptions(bar, threads, log, search);
    }
}
