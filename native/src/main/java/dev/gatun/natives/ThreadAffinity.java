package dev.gatun.natives;

import java.util.BitSet;

/**
 * Which CPUs the calling thread may run on: {@code sched_setaffinity(2)}. Threads that it creates from then on, those of an OpenMP team
 * say, inherit it. Linux alone has it; elsewhere threads stay where the kernel puts them. Thread-safe.
 */
public final class ThreadAffinity {
    private ThreadAffinity() {}

    /** Whether threads can be pinned on this system. */
    public static boolean supported() {
        return Os.of(System.getProperty("os.name", "")) == Os.LINUX;
    }

    /**
     * Lets the calling thread, which should be a platform thread of its caller's own, run on these CPUs only.
     *
     * @param cpus numbers as in {@link Machine#affinity}; not empty
     * @return whether it is so now; false if the system cannot, or its cpuset allows none of them
     */
    public static boolean pin(BitSet cpus) {
        if (cpus.isEmpty()) {
            throw new IllegalArgumentException("no CPUs to run on, expected at least one");
        }
        return supported() && Posix.setAffinity(cpus);
    }

    /** The CPUs that the calling thread may run on; empty if the system does not tell. */
    public static BitSet current() {
        return supported() ? Posix.affinity() : new BitSet();
    }
}
