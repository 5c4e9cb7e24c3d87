package dev.gatun.plan;

import dev.gatun.natives.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Hands out pieces of a few large blocks, one after the other, each aligned to a cache line. One thread; freed with its arena. */
final class LargeArena {
    /** Address space is taken in steps of this; memory only as it is written. */
    private static final long BLOCK = 64L << 20;

    private final Arena arena;
    private MemorySegment block = MemorySegment.NULL;
    private long used;

    LargeArena(Arena arena) {
        this.arena = arena;
    }

    /** Zeroed memory. */
    MemorySegment allocate(long bytes) {
        if (used + bytes > block.byteSize()) {
            block = LargeMemory.allocate(arena, Math.max(BLOCK, bytes));
            used = 0;
        }
        MemorySegment piece = block.asSlice(used, bytes);
        used = ArenaPlanner.align(used + bytes);
        return piece;
    }
}
