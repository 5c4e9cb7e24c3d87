package dev.gatun.natives;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory in huge pages, where the system grants them: a core then finds megabytes of weights and activations through a handful of
 * entries of its TLB. Pages that are never touched cost nothing.
 */
public final class LargeMemory {
    /** Linux' huge page on x86-64 and, with pages of 4 KiB, on arm64. */
    public static final long HUGE_PAGE = 2L << 20;

    private static final int CACHE_LINE = 64;
    private static final System.Logger LOG = System.getLogger(LargeMemory.class.getName());

    private LargeMemory() {}

    /**
     * Zeroed memory that lives as long as {@code arena}, aligned to {@link #HUGE_PAGE} on Linux and to a cache line elsewhere.
     *
     * @param bytes at least 1
     * @throws OutOfMemoryError if the system has no such room
     */
    public static MemorySegment allocate(Arena arena, long bytes) {
        return Os.of(System.getProperty("os.name", "")) == Os.LINUX
                ? map(arena, bytes)
                : arena.allocate(bytes, CACHE_LINE);
    }

    /**
     * Asks for huge pages where a file is mapped and its file system can have it in such; whether it can is nobody's concern. Does nothing
     * but on Linux.
     *
     * @param mapped from the start of a page
     */
    public static void advise(MemorySegment mapped) {
        if (Os.of(System.getProperty("os.name", "")) == Os.LINUX && !Posix.adviseHugePages(mapped)) {
            LOG.log(Level.DEBUG, "no huge pages for a mapped file of {0} bytes", mapped.byteSize());
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment map(Arena arena, long bytes) {
        long room = Math.addExact(bytes, 2 * HUGE_PAGE - 1) & -HUGE_PAGE;
        MemorySegment mapped = Posix.map(room)
                .orElseThrow(() -> new OutOfMemoryError("the system has no " + room + " bytes of memory"))
                .reinterpret(arena, LargeMemory::unmap);
        long skip = -mapped.address() & (HUGE_PAGE - 1);
        MemorySegment aligned = mapped.asSlice(skip, bytes);
        if (!Posix.adviseHugePages(mapped.asSlice(skip, advised(bytes)))) {
            LOG.log(Level.DEBUG, "no huge pages for {0} bytes: small ones do", bytes);
        }
        return aligned;
    }

    /** A huge page that would be at least half used is used as a whole. */
    private static long advised(long bytes) {
        long whole = Math.ceilDiv(bytes, HUGE_PAGE) * HUGE_PAGE;
        return whole - bytes <= HUGE_PAGE / 2 ? whole : bytes;
    }

    private static void unmap(MemorySegment mapped) {
        if (!Posix.unmap(mapped)) {
            throw new AssertionError("munmap of " + mapped + " failed");
        }
    }
}
