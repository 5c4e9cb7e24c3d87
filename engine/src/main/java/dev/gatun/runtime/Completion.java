package dev.gatun.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Is told that something submitted is done, on the thread of a stream, which it keeps from its work: it should be brief.
 *
 * <p>On Linux a thread may run where the one that starts it may, and a stream's may be kept on a single CPU ({@link Pinning}). So a
 * completion should start none, and executors that start threads when they need them do so for it: thread pools that still grow, fork-join
 * pools, that of virtual threads included. Such threads share the stream's CPU for as long as they live, whatever they do later. Hand on
 * to threads that are there already ({@link java.util.concurrent.ThreadPoolExecutor#prestartAllCoreThreads}, a queue that one of yours
 * waits at) or to a pool whose factory makes threads that first {@linkplain dev.gatun.natives.ThreadAffinity#pin pin} themselves to the
 * {@linkplain dev.gatun.natives.Machine#affinity CPUs of the process}; or do without pinning ({@link Pinning#NEVER}).
 */
@FunctionalInterface
public interface Completion {
    /**
     * The result is there, or will never be. What this throws goes to the thread's handler of uncaught exceptions, and what that throws
     * no further.
     *
     * @param failure why there is no result; null if there is one
     */
    void done(@Nullable Throwable failure);
}
