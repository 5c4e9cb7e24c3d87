package dev.gatun.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.natives.CpuRuntime;
import dev.gatun.natives.ThreadAffinity;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs code in the OpenMP team of the calling thread, the one that also its primitives run in, so that nobody else has threads. Needs a
 * runtime with GNU's entry points, as libgomp and LLVM's have. Thread-safe.
 */
public final class Team {
    /** {@code omp_pause_soft}: OpenMP's settings of the thread stay. */
    private static final int SOFT = 1;

    /** Where a thread with a pinned team might run before. */
    private static final ThreadLocal<@Nullable BitSet> BEFORE = new ThreadLocal<>();

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
        static final Optional<MethodHandle> PAUSE =
                find("omp_pause_resource_all").map(Gomp::pause);

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
     * Gives the calling thread a new team, each thread of which stays on CPUs of its own, until it is {@linkplain #release() released}.
     * Left to itself, a kernel may keep two that wait for each other on one CPU for a second while another is idle.
     *
     * @param cpus of each thread, the caller's first; as many as the teams that will {@linkplain #run run} or compute primitives have
     * @return whether it is so now; if not, all threads may run where the caller may
     */
    public static boolean pin(List<BitSet> cpus) {
        if (!isAvailable() || !ThreadAffinity.supported()) {
            return false;
        }
        release();
        BitSet before = ThreadAffinity.current();
        BEFORE.set(before);
        boolean pinned = true;
        for (int thread = 1; thread < cpus.size(); thread++) {
            // A team grows by threads that inherit where its first one may run now.
            pinned &= ThreadAffinity.pin(cpus.get(thread));
            run(threadNumber(), MemorySegment.NULL, thread + 1, MemorySegment.NULL);
        }
        pinned &= ThreadAffinity.pin(cpus.getFirst());
        if (!pinned) {
            release();
        }
        return pinned;
    }

    /**
     * Ends the threads of the calling thread's team but the caller itself, which may again run where it might before it was
     * {@linkplain #pin pinned}; what runs next makes others. For a thread that has no more work for a team soon: libgomp counts the threads
     * of all teams, working or not, and once they are more than CPUs, none spins for longer than 100 rounds before it sleeps (libgomp,
     * {@code gomp_throttled_spin_count_var}), which then happens at every other primitive. A runtime older than OpenMP 5.0 keeps them.
     */
    public static void release() {
        if (Gomp.PAUSE.isPresent()) {
            pause(Gomp.PAUSE.get());
        }
        BitSet before = BEFORE.get();
        if (before != null) {
            BEFORE.remove();
            ThreadAffinity.pin(before);
        }
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
