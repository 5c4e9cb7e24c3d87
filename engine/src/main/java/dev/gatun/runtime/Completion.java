package dev.gatun.runtime;

import org.jspecify.annotations.Nullable;

/** Is told that something submitted is done, on the thread of a stream, which it keeps from its work: it should be brief. */
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
