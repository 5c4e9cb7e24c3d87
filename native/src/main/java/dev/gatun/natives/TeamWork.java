package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Work of a {@link Routine} in parts, for the threads of a team: each thread begins with parts of its own, which it did the last time as
 * well, so that they are in its core's cache, and then takes those of the others from their end. So a thread whose core is slow, or is somebody
 * else's for a while, does not hold up the rest. For one team at a time.
 */
public final class TeamWork {
    private static final long BYTES = 64;
    private static final long TURN_AT = 56;

    private final MemorySegment struct;

    /**
     * Lays it out in memory of {@code arena}.
     *
     * @param threadNumber the function {@code int omp_get_thread_num()}
     * @param routine what is called for each part
     * @param arguments structures of the parts, one after the other, borrowed
     * @param parts how many, a multiple of {@code threads}
     * @param threads of the team
     */
    public TeamWork(
            Arena arena, MemorySegment threadNumber, Routine routine, MemorySegment arguments, int parts, int threads) {
        this.struct = arena.allocate(BYTES, BYTES);
        struct.set(JAVA_LONG, 0, threadNumber.address());
        struct.set(JAVA_LONG, 8, routine.address().address());
        struct.set(JAVA_LONG, 16, arguments.byteSize() / parts);
        struct.set(JAVA_LONG, 24, arguments.address());
        struct.set(
                JAVA_LONG,
                32,
                arena.allocateFrom(JAVA_INT, orders(parts, threads)).address());
        struct.set(JAVA_LONG, 40, parts);
        struct.set(JAVA_LONG, 48, arena.allocate(JAVA_INT, parts).address());
    }

    /** Of each thread: its own parts, then from the last to the first those of the next thread, and so on. */
    static int[] orders(int parts, int threads) {
        int[] orders = new int[threads * parts];
        int own = parts / threads;
        int at = 0;
        for (int thread = 0; thread < threads; thread++) {
            for (int i = 0; i < own; i++) {
                orders[at++] = thread * own + i;
            }
            for (int other = 1; other < threads; other++) {
                int first = (thread + other) % threads * own;
                for (int i = own - 1; i >= 0; i--) {
                    orders[at++] = first + i;
                }
            }
        }
        return orders;
    }

    /** The code that every thread of the team runs, {@code void f(void *next)}. */
    public static MemorySegment code() {
        return MachineCode.map(Listing.CONVOLUTION).address("team");
    }

    /** The argument of {@link #code()}, the same in all threads, with all parts to do again. Allocates nothing. */
    public MemorySegment next() {
        struct.set(JAVA_INT, TURN_AT, struct.get(JAVA_INT, TURN_AT) + 1);
        return struct;
    }
}
