package dev.gatun.natives;

import java.lang.foreign.MemorySegment;

/** Machine code of ours that takes a structure of arguments, and can be run by several threads at once, each with its own. Thread-safe. */
public interface Routine {
    /** Where its code starts. */
    MemorySegment address();

    /**
     * Runs it in the calling thread. Allocates nothing.
     *
     * @param arguments its structure; what that points to is kept alive by the caller
     */
    default void run(MemorySegment arguments) {
        run(arguments, MemorySegment.NULL);
    }

    /**
     * Runs it as {@link #run(MemorySegment)} does, and keeps the arena of a segment that the arguments point into from being closed meanwhile.
     *
     * @throws IllegalStateException if it is closed already; nothing is computed then
     */
    default void run(MemorySegment arguments, MemorySegment held) {
        MachineCode.call(address(), arguments, 0, 0, held);
    }
}
