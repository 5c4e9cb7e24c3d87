package dev.gatun.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.natives.CpuRuntime;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Runs code in the OpenMP team of the calling thread, the one that also its primitives run in, so that nobody else has threads. Needs a
 * runtime with GNU's entry points, as libgomp and LLVM's have. Thread-safe.
 */
public final class Team {
    private Team() {}

    /**
     * Looked up when it is first needed; oneDNN, which brings OpenMP, is loaded then. The last argument is one more than the function has, as in
     * {@link Holding}.
     */
    private static final class Gomp {
        private static final SymbolLookup LOOKUP =
                SymbolLookup.loaderLookup().or(Linker.nativeLinker().defaultLookup());
        static final Optional<MemorySegment> THREAD_NUMBER = find("omp_get_thread_num");
        static final Optional<MemorySegment> PARALLEL = find("GOMP_parallel");

        @SuppressWarnings("restricted")
        static final MethodHandle DOWNCALL = Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

        private static Optional<MemorySegment> find(String name) {
            return OneDnn.load().cpuRuntime() == CpuRuntime.OPENMP ? LOOKUP.find(name) : Optional.empty();
        }
    }

    /** Whether the OpenMP runtime at hand can. */
    public static boolean isAvailable() {
        return Gomp.PARALLEL.isPresent() && Gomp.THREAD_NUMBER.isPresent();
    }

    /**
     * The function {@code int omp_get_thread_num()}, for code that runs in a team.
     *
     * @throws UnsupportedOperationException if it is not {@linkplain #isAvailable() available}
     */
    public static MemorySegment threadNumber() {
        return Gomp.THREAD_NUMBER.orElseThrow(Team::unavailable);
    }

    /**
     * Calls {@code function} in all threads of a team and waits for them. Allocates nothing.
     *
     * @param function {@code void f(void *data)}, which does not return to Java
     * @param data for it
     * @param threads of the team, the caller's included
     * @param held a segment that the data points into, whose arena is not to be closed meanwhile; null pointer if there is none
     * @throws UnsupportedOperationException if it is not {@linkplain #isAvailable() available}
     * @throws IllegalStateException if the arena of {@code held} is closed already; nothing is called then
     */
    public static void run(MemorySegment function, MemorySegment data, int threads, MemorySegment held) {
        MemorySegment parallel = Gomp.PARALLEL.orElseThrow(Team::unavailable);
        try {
            Gomp.DOWNCALL.invokeExact(parallel, function, data, threads, 0, held);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }

    private static UnsupportedOperationException unavailable() {
        return new UnsupportedOperationException("this OpenMP runtime has no GOMP_parallel");
    }
}
