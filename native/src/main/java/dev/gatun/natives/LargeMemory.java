package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory in huge pages, where the system grants them: a core then finds megabytes of weights and activations through a handful of
 * entries of its TLB. Pages that are never touched cost nothing.
 */
public final class LargeMemory {
    /** Linux' huge page on x86-64 and, with pages of 4 KiB, on arm64. */
    public static final long HUGE_PAGE = 2L << 20;

    /* asm-generic/mman-common.h and mman.h */
    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

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
                : arena.allocate(bytes, Long.BYTES * 8L);
    }

    private static MemorySegment map(Arena arena, long bytes) {
        long room = Math.addExact(bytes, 2 * HUGE_PAGE - 1) & -HUGE_PAGE;
        try {
            MemorySegment mapped = (MemorySegment) Calls.MMAP.invokeExact(
                    MemorySegment.NULL, room, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (mapped.address() == MAP_FAILED) {
                throw new OutOfMemoryError("mmap of " + room + " bytes failed");
            }
            MemorySegment owned = mapped.reinterpret(room, arena, LargeMemory::unmap);
            long skip = -owned.address() & (HUGE_PAGE - 1);
            MemorySegment aligned = owned.asSlice(skip, bytes);
            // Only advice: where huge pages are switched off, small ones do.
            int ignored = (int) Calls.MADVISE.invokeExact(aligned, bytes, MADV_HUGEPAGE);
            return aligned;
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    private static void unmap(MemorySegment mapped) {
        try {
            int failed = (int) Calls.MUNMAP.invokeExact(mapped, mapped.byteSize());
            if (failed != 0) {
                throw new AssertionError("munmap of " + mapped + " failed");
            }
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    /** Made when memory is first asked for. */
    @SuppressWarnings("restricted")
    private static final class Calls {
        static final MethodHandle MMAP = handle(
                "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        static final MethodHandle MADVISE =
                handle("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
        static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

        private static MethodHandle handle(String name, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
        }
    }
}
