package dev.gatun.natives;

import java.util.Arrays;

/** What runs a oneDNN build's threads on the CPU; the codes are {@code DNNL_RUNTIME_*} of {@code dnnl_config.h}. */
public enum CpuRuntime {
    /** No CPU engine in this build. */
    NONE(0),
    /** Single-threaded. */
    SEQUENTIAL(1),
    /** OpenMP, as in every packaged build. */
    OPENMP(2),
    /** oneTBB. */
    TBB(4),
    /** A pool given by the application with each stream. */
    THREADPOOL(8),
    /** SYCL. */
    SYCL(512),
    /** A code this version does not know. */
    UNKNOWN(-1);

    private final int code;

    CpuRuntime(int code) {
        this.code = code;
    }

    static CpuRuntime of(int code) {
        return Arrays.stream(values()).filter(r -> r.code == code).findFirst().orElse(UNKNOWN);
    }
}
