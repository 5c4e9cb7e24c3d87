package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Optional;

/** The few functions of the C library that the JDK has no door to. Each handle is made where it is used, once a JVM. */
@SuppressWarnings("restricted")
final class Posix {
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MemoryLayout ANY_BYTES = MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE);

    /**
     * A pointer as jextract describes it: the linker takes milliseconds for each list of layouts, and finds those that oneDNN's functions
     * have in common with these. No constant, since without native access a class with one could not even say so.
     */
    static AddressLayout pointer() {
        return ValueLayout.ADDRESS.withTargetLayout(ANY_BYTES);
    }

    private Posix() {}

    /** {@code geteuid(2)}. */
    static int effectiveUser() {
        try {
            return (int) function("geteuid", FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * {@code setenv(3)} of a variable that is not set, on Windows {@code _putenv_s}. The C library's environment is not
     * safe against a native thread that reads it at the same time; Java's own {@link System#getenv} is a copy and neither
     * sees the change nor passes it on to child processes.
     */
    static void setEnvironment(Os os, String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment n = arena.allocateFrom(name);
            MemorySegment v = arena.allocateFrom(value);
            int failed = os == Os.WINDOWS
                    ? (int) function("_putenv_s", FunctionDescriptor.of(JAVA_INT, pointer(), pointer()))
                            .invokeExact(n, v)
                    : (int) function("setenv", FunctionDescriptor.of(JAVA_INT, pointer(), pointer(), JAVA_INT))
                            .invokeExact(n, v, 0);
            if (failed != 0) {
                throw new NativeLoadException("The environment variable " + name + " cannot be set to " + value);
            }
        } catch (NativeLoadException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code Dl_info} of {@code dlfcn.h} is four pointers, the first to the name of the file. */
    private static final MemoryLayout DL_INFO = MemoryLayout.sequenceLayout(4, ValueLayout.ADDRESS);

    /** {@code dladdr(3)}: the file that a symbol was loaded from. */
    static Optional<String> fileOf(MemorySegment symbol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(DL_INFO);
            int found = (int) function("dladdr", FunctionDescriptor.of(JAVA_INT, pointer(), pointer()))
                    .invokeExact(symbol, info);
            if (found == 0) {
                return Optional.empty();
            }
            return Optional.of(info.get(pointer(), 0).getString(0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22; // Linux
    private static final long MAP_FAILED = -1;

    private static final int MADV_HUGEPAGE = 14; // Linux

    /** {@code mmap(2)} of zeroed memory that can be written; empty if the system has none. To be unmapped by the caller. Linux. */
    static Optional<MemorySegment> map(long bytes) {
        try {
            MemorySegment mapped = (MemorySegment) function(
                            "mmap",
                            FunctionDescriptor.of(
                                    pointer(), pointer(), JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG))
                    .invokeExact(MemorySegment.NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            return mapped.address() == MAP_FAILED ? Optional.empty() : Optional.of(mapped.reinterpret(bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code munmap(2)} of what {@link #map} gave; false if the system refuses. */
    static boolean unmap(MemorySegment mapped) {
        try {
            return (int) function("munmap", FunctionDescriptor.of(JAVA_INT, pointer(), JAVA_LONG))
                            .invokeExact(mapped, mapped.byteSize())
                    == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code madvise(2)}: asks for huge pages; false if the system has none. Linux. */
    static boolean adviseHugePages(MemorySegment memory) {
        try {
            return (int) function("madvise", FunctionDescriptor.of(JAVA_INT, pointer(), JAVA_LONG, JAVA_INT))
                            .invokeExact(memory, memory.byteSize(), MADV_HUGEPAGE)
                    == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * {@link #map}, then {@code mprotect(2)}: {@code code} in memory that can be executed and not be written, for as long as the process
     * lives. Linux.
     *
     * @throws UnsupportedOperationException if the system lets this process have none
     */
    static MemorySegment mapCode(MemorySegment code) {
        MemorySegment mapped = map(code.byteSize())
                .orElseThrow(() -> new UnsupportedOperationException("the system has no memory for machine code"));
        mapped.copyFrom(code);
        boolean executable;
        try {
            executable = (int) function("mprotect", FunctionDescriptor.of(JAVA_INT, pointer(), JAVA_LONG, JAVA_INT))
                            .invokeExact(mapped, mapped.byteSize(), PROT_READ | PROT_EXEC)
                    == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (!executable) {
            boolean unmapped = unmap(mapped);
            throw new UnsupportedOperationException(
                    "the system does not let this process map machine code" + (unmapped ? "" : ", nor unmap it again"));
        }
        return mapped.asReadOnly();
    }

    /** Most CPUs that a kernel can be built for: {@code NR_CPUS} of its x86 configuration ends at 8192. */
    private static final int MAX_CPUS = 8192;

    /** {@code sched_setaffinity(2)} of the calling thread; false if the kernel refuses. */
    static boolean setAffinity(BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            long[] words = cpus.toLongArray();
            MemorySegment mask = arena.allocateFrom(JAVA_LONG, words);
            return (int) schedule("sched_setaffinity").invokeExact(0, mask.byteSize(), mask) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code sched_getaffinity(2)} of the calling thread; empty if the kernel refuses. */
    static BitSet affinity() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MAX_CPUS / Byte.SIZE, Long.BYTES);
            int failed = (int) schedule("sched_getaffinity").invokeExact(0, mask.byteSize(), mask);
            return failed == 0 ? BitSet.valueOf(mask.toArray(JAVA_LONG)) : new BitSet();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Thread, bytes of the mask, mask; the mask is an array of C longs, little-endian where this runs. */
    private static MethodHandle schedule(String name) {
        return function(name, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, pointer()));
    }

    /** Wraps what only a wrong method type of our own could throw. */
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException known) {
            return known;
        }
        throw new AssertionError(e);
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }
}
