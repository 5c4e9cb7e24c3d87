package dev.gatun.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.natives.CpuRuntime;
import dev.gatun.natives.ThreadAffinity;
import java.lang.System.Logger.Level;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Runs code in the OpenMP team of the calling thread, the one that also its primitives run in, so that nobody else has threads. Needs a
 * runtime with GNU's entry points, as libgomp and LLVM's have. Thread-safe.
 */
public final class Team {
    /** {@code omp_pause_soft}: OpenMP's settings of the thread stay. */
    private static final int SOFT = 1;

    private static final System.Logger LOG = System.getLogger(Team.class.getName());

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
        /** Of libgomp alone: LLVM's runtime, which has GNU's entry points as well, would only let all threads of the process sleep. */
        static final Optional<MethodHandle> PAUSE =
                PARALLEL.isPresent() && find("__kmpc_fork_call").isEmpty()
                        ? find("omp_pause_resource_all").map(Gomp::pause)
                        : Optional.empty();

        @SuppressWarnings("restricted")
        static final MethodHandle DOWNCALL = Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

        @SuppressWarnings("restricted")
        private static MethodHandle pause(MemorySegment code) {
            return Linker.nativeLinker().downcallHandle(code, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        }

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

    /**
     * Gives the calling thread a new team whose further threads stay on CPUs of their own, until it is {@linkplain #release() released}. Left
     * to itself, a kernel may keep two threads that wait for each other on one CPU for a while, although another is idle. Where the caller
     * may run is as before, and so may further threads if more are needed; should the system refuse that meanwhile, a warning is logged.
     *
     * @param cpus of each thread but the caller
     * @return whether it is so now; false if it cannot be on this system, or not on these CPUs, and then all may run where the caller may
     * @throws IllegalArgumentException if a thread has no CPU
     */
    public static boolean pin(List<BitSet> cpus) {
        if (cpus.stream().anyMatch(BitSet::isEmpty)) {
            throw new IllegalArgumentException("threads on CPUs " + cpus + ", expected at least one for each");
        }
        BitSet callers = ThreadAffinity.current();
        if (Gomp.PAUSE.isEmpty() || callers.isEmpty()) {
            return false;
        }
        release();
        boolean pinned = true;
        try {
            for (int i = 0; i < cpus.size(); i++) {
                // A team grows by threads that inherit where its first one may run now.
                pinned &= ThreadAffinity.pin(cpus.get(i));
                run(threadNumber(), MemorySegment.NULL, i + 2, MemorySegment.NULL);
            }
        } finally {
            if (!ThreadAffinity.pin(callers)) {
                pinned = false;
                LOG.log(
                        Level.WARNING,
                        "a thread that could run on CPUs {0} is left on CPUs {1}: the system does not give it the others back",
                        callers,
                        ThreadAffinity.current());
            }
        }
        if (!pinned) {
            release();
        }
        return pinned;
    }

    /**
     * Ends the threads of the calling thread's team but the caller itself; what runs next makes others. For a thread that has no more work
     * for a team soon: libgomp counts the threads of all teams, working or not, and once they are more than CPUs, none spins for long before
     * it sleeps (libgomp, {@code gomp_throttled_spin_count_var}), which then happens at many primitives of a run. Other runtimes do not
     * count, and keep their threads.
     */
    public static void release() {
        Gomp.PAUSE.ifPresent(Team::pause);
    }

    private static void pause(MethodHandle handle) {
        try {
            // Refused within a team, where nobody calls it from.
            int _ = (int) handle.invokeExact(SOFT);
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
