package dev.gatun.quantize;

import dev.gatun.natives.Machine;
import java.util.function.Consumer;

/**
 * How a network is quantised.
 *
 * @param bar that has to be reached; layers compute in float until it is
 * @param threads that compute; the result does not depend on them
 * @param log is told in words what is being done
 */
public record QuantizeOptions(Bar bar, int threads, Consumer<String> log) {
    /** Checks the threads. */
    public QuantizeOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
        }
    }

    /** {@link Bar#DEFAULT} on all cores of this process, silently. */
    public static QuantizeOptions defaults() {
        return new QuantizeOptions(Bar.DEFAULT, Machine.current().usableThreads(), _ -> {});
    }

    /** These options with another bar. */
    public QuantizeOptions withBar(Bar bar) {
        return new QuantizeOptions(bar, threads, log);
    }

    /** These options with another number of threads. */
    public QuantizeOptions withThreads(int threads) {
        return new QuantizeOptions(bar, threads, log);
    }

    /** These options with another listener. */
    public QuantizeOptions withLog(Consumer<String> log) {
        return new QuantizeOptions(bar, threads, log);
    }
}
