package dev.gatun.onednn;

import dev.gatun.natives.CpuRuntime;
import dev.gatun.natives.NativeLibrary;
import dev.gatun.natives.Version;
import dev.gatun.onednn.gen.Dnnl;
import dev.gatun.onednn.gen.OpenMp;
import dev.gatun.onednn.gen.dnnl_version_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The library as a whole: everything here is per process, except the OpenMP team size, which is per thread. The library
 * is found and loaded by the first call into this package; {@link #load} does it at a chosen time. Thread-safe.
 */
public final class OneDnn {
    /** Largest OpenMP team: libgomp ends the process if it cannot start the threads it was asked for. */
    public static final int MAX_THREADS = 1024;

    private static volatile @Nullable NativeLibrary library;

    private OneDnn() {}

    /**
     * Loads the library unless it is loaded.
     *
     * @return what was loaded, and from where
     */
    public static NativeLibrary load() {
        NativeLibrary loaded = library;
        return loaded != null ? loaded : loadOnce();
    }

    /* jextract's symbol lookup only sees what a class of its own class loader has loaded, hence the callback. */
    @SuppressWarnings("restricted")
    private static synchronized NativeLibrary loadOnce() {
        NativeLibrary loaded = library;
        if (loaded == null) {
            loaded = NativeLibrary.load(path -> System.load(path.toString()));
            library = loaded;
        }
        return loaded;
    }

    /** {@return the version of the loaded library} */
    public static Version version() {
        load();
        MemorySegment version = Dnnl.dnnl_version();
        MemorySegment hash = dnnl_version_t.hash(version);
        return new Version(
                dnnl_version_t.major(version),
                dnnl_version_t.minor(version),
                dnnl_version_t.patch(version),
                hash.address() == 0 ? "" : hash.getString(0));
    }

    /**
     * The ISA that oneDNN's code generation is limited to, by {@link AmxGuard} as well, which is applied first. From now on
     * {@link #setMaxIsa} is too late.
     *
     * @return the ISA
     * @throws IllegalArgumentException as {@link AmxGuard#apply} throws
     */
    public static CpuIsa effectiveIsa() {
        return CpuIsa.of(effectiveIsaBits());
    }

    /** {@return {@link #effectiveIsa} as oneDNN's own value, which may be newer than {@link CpuIsa}} */
    public static int effectiveIsaBits() {
        load();
        AmxGuard.apply();
        return Dnnl.dnnl_get_effective_cpu_isa();
    }

    /**
     * Limits the instructions that oneDNN uses, as the environment variable {@code ONEDNN_MAX_CPU_ISA} does.
     *
     * @param isa the richest ISA allowed
     * @throws IllegalStateException when it is too late: the limit was set or read, or code was generated
     */
    public static void setMaxIsa(CpuIsa isa) {
        load();
        int status = Dnnl.dnnl_set_max_cpu_isa(isa.value());
        if (status == Status.INVALID_ARGUMENTS.value()) {
            throw new IllegalStateException(
                    "the ISA limit is already fixed: set " + isa + " before the first use of oneDNN in this process");
        }
        Status.check(status, "dnnl_set_max_cpu_isa", isa::name);
        AmxGuard.limited(isa);
    }

    /** {@return whether oneDNN was told to prefer 256-bit vectors on AVX-512 machines} */
    public static boolean prefersYmm() {
        load();
        return Dnnl.dnnl_get_cpu_isa_hints() == Dnnl.dnnl_cpu_isa_prefer_ymm();
    }

    /**
     * Asks oneDNN to prefer 256-bit vectors on AVX-512 machines.
     *
     * @param prefer whether to prefer them
     * @throws IllegalStateException when it is too late, as for {@link #setMaxIsa}
     */
    public static void preferYmm(boolean prefer) {
        load();
        int status =
                Dnnl.dnnl_set_cpu_isa_hints(prefer ? Dnnl.dnnl_cpu_isa_prefer_ymm() : Dnnl.dnnl_cpu_isa_no_hints());
        if (status == Status.RUNTIME_ERROR.value()) {
            throw new IllegalStateException("the ISA hint is already fixed: set it before the first use of oneDNN");
        }
        Status.check(status, "dnnl_set_cpu_isa_hints", null);
    }

    /**
     * Makes oneDNN print what it does to standard output.
     *
     * @param level 0 nothing, 1 each execution, 2 each creation as well
     */
    public static void setVerbose(int level) {
        load();
        Status.check(Dnnl.dnnl_set_verbose(level), "dnnl_set_verbose", () -> "level " + level);
    }

    /**
     * The OpenMP team size of the calling thread, which its primitives are planned for and run with.
     *
     * @return the team size; 1 if the library was not built with OpenMP
     */
    public static int maxThreads() {
        return load().cpuRuntime() == CpuRuntime.OPENMP ? OpenMp.omp_get_max_threads() : 1;
    }

    /**
     * Sets the OpenMP team size of the calling thread. A primitive is planned for the team size of the thread that
     * creates its descriptor, and may only be executed by threads with the same.
     *
     * @param threads at least 1
     * @throws UnsupportedOperationException if the library was not built with OpenMP, as a system's may be
     */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        if (threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be at most " + MAX_THREADS + ", not " + threads);
        }
        CpuRuntime runtime = load().cpuRuntime();
        if (runtime != CpuRuntime.OPENMP) {
            throw new UnsupportedOperationException(
                    "oneDNN at " + load().onednn() + " has no OpenMP threads, but " + runtime);
        }
        OpenMp.omp_set_num_threads(threads);
    }

    /**
     * Gives the calling thread the OpenMP team size back that {@link #maxThreads} told before {@link #setThreads}. It may be larger than what
     * {@link #setThreads} takes, by {@code OMP_NUM_THREADS} or the caller's own OpenMP code. Does nothing without OpenMP; never throws.
     *
     * @param threads what {@link #maxThreads} told
     */
    public static void restoreThreads(int threads) {
        if (load().cpuRuntime() == CpuRuntime.OPENMP) {
            OpenMp.omp_set_num_threads(threads);
        }
    }

    /** {@return how many primitives the library's cache of created primitives holds at most} */
    public static int primitiveCacheCapacity() {
        load();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            Status.check(Dnnl.dnnl_get_primitive_cache_capacity(out), "dnnl_get_primitive_cache_capacity", null);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Bounds the library's cache of created primitives.
     *
     * @param capacity number of primitives, 0 to switch the cache off
     */
    public static void setPrimitiveCacheCapacity(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must not be negative: " + capacity);
        }
        load();
        Status.check(
                Dnnl.dnnl_set_primitive_cache_capacity(capacity),
                "dnnl_set_primitive_cache_capacity",
                () -> "capacity " + capacity);
    }

    /**
     * Makes oneDNN dump every kernel it generates as a binary file in the working directory.
     *
     * @param dump whether to dump
     */
    public static void setJitDump(boolean dump) {
        load();
        Status.check(Dnnl.dnnl_set_jit_dump(dump ? 1 : 0), "dnnl_set_jit_dump", null);
    }

    /**
     * Tells profilers about generated kernels.
     *
     * @param profilers any of them, none to switch profiling off
     */
    public static void setJitProfiling(JitProfiler... profilers) {
        load();
        int flags = Dnnl.DNNL_JIT_PROFILE_NONE();
        for (JitProfiler profiler : profilers) {
            flags |= profiler.value();
        }
        Status.check(Dnnl.dnnl_set_jit_profiling_flags(flags), "dnnl_set_jit_profiling_flags", null);
    }

    /**
     * Sets where {@link JitProfiler#LINUX_JITDUMP} writes.
     *
     * @param directory an existing directory
     */
    public static void setJitDumpDirectory(String directory) {
        load();
        try (Arena arena = Arena.ofConfined()) {
            Status.check(
                    Dnnl.dnnl_set_jit_profiling_jitdumpdir(arena.allocateFrom(directory)),
                    "dnnl_set_jit_profiling_jitdumpdir",
                    () -> directory);
        }
    }
}
