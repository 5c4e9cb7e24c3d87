package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.MemorySegment;

/** Machine code of ours that takes a structure of arguments, and can be run by every thread of a team, each with its own. Thread-safe. */
public interface Routine {
    /** Where its code starts, for the arguments of {@link #team()}. */
    MemorySegment address();

    /**
     * Runs it in the calling thread. Allocates nothing.
     *
     * @param arguments its structure; what that points to is kept alive by the caller
     */
    default void run(MemorySegment arguments) {
        MachineCode.call(address(), arguments, 0, 0);
    }

    /**
     * The code that threads of a team run, of one argument: {@code omp_get_thread_num}, {@link #address()}, bytes from one thread's structure to
     * the next one's, and where the first is; 8 bytes each.
     */
    static MemorySegment team() {
        return MachineCode.map(Listing.CONVOLUTION).address("team");
    }
}
