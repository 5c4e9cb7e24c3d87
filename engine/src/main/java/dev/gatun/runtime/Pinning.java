package dev.gatun.runtime;

/** Whether the threads of streams stay on CPUs of their own. */
public enum Pinning {
    /**
     * Where the streams take every core that this process may use, so that the kernel could do no better. Else it moves them: processes
     * and containers that each pinned a part of the machine would all take its first cores.
     */
    WHOLE_MACHINE,
    /** Always, on those cores of the affinity that the fewest streams of this process are pinned to. */
    ALWAYS,
    /** Never. */
    NEVER
}
