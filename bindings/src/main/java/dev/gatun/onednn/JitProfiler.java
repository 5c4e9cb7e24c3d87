package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.DNNL_JIT_PROFILE_LINUX_JITDUMP;
import static dev.gatun.onednn.gen.Dnnl.DNNL_JIT_PROFILE_LINUX_JITDUMP_USE_TSC;
import static dev.gatun.onednn.gen.Dnnl.DNNL_JIT_PROFILE_LINUX_PERFMAP;
import static dev.gatun.onednn.gen.Dnnl.DNNL_JIT_PROFILE_VTUNE;

/** A profiler that oneDNN can describe its generated kernels to ({@code DNNL_JIT_PROFILE_*}). */
public enum JitProfiler {
    /** Intel VTune. */
    VTUNE(DNNL_JIT_PROFILE_VTUNE()),
    /** Linux perf by a perfmap file. */
    LINUX_PERFMAP(DNNL_JIT_PROFILE_LINUX_PERFMAP()),
    /** Linux perf by a jitdump file. */
    LINUX_JITDUMP(DNNL_JIT_PROFILE_LINUX_JITDUMP()),
    /** As {@link #LINUX_JITDUMP}, with the processor's time stamp counter. */
    LINUX_JITDUMP_TSC(DNNL_JIT_PROFILE_LINUX_JITDUMP() | DNNL_JIT_PROFILE_LINUX_JITDUMP_USE_TSC());

    private final int value;

    JitProfiler(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
