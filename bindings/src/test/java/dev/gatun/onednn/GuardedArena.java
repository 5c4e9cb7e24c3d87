package dev.gatun.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Buffers that end exactly where an inaccessible page begins, so that reading or writing one byte too far kills the
 * process. Elsewhere than on Linux they are ordinary memory.
 */
@SuppressWarnings("restricted")
final class GuardedArena implements AutoCloseable {
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final long PAGE = 4096;
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private record Mapping(MemorySegment base, long size) {}

    private final Deque<Mapping> mappings = new ArrayDeque<>();
    private final Arena plain = Arena.ofShared();

    MemorySegment allocate(long size) {
        if (!LINUX) {
            return plain.allocate(Math.max(size, 1), 64);
        }
        long pages = (size + PAGE - 1) / PAGE * PAGE;
        try {
            MemorySegment base = (MemorySegment) Libc.MMAP.invokeExact(
                    MemorySegment.NULL, pages + PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (base.address() == -1) {
                throw new OutOfMemoryError("mmap of " + pages);
            }
            mappings.push(new Mapping(base, pages + PAGE));
            MemorySegment all = base.reinterpret(pages + PAGE);
            if ((int) Libc.MPROTECT.invokeExact(all.asSlice(pages), PAGE, PROT_NONE) != 0) {
                throw new AssertionError("mprotect failed");
            }
            return all.asSlice(pages - size, size);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        plain.close();
        while (!mappings.isEmpty()) {
            Mapping mapping = mappings.pop();
            try {
                if ((int) Libc.MUNMAP.invokeExact(mapping.base(), mapping.size()) != 0) {
                    throw new AssertionError("munmap failed");
                }
            } catch (Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    private static final class Libc {
        static final MethodHandle MMAP = handle(
                "mmap",
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        static final MethodHandle MPROTECT = handle(
                "mprotect",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        static final MethodHandle MUNMAP = handle(
                "munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

        private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
        }
    }
}
