package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/** Runs a {@link Streamable} in memory of its own. Belongs to one thread at a time. */
public interface StreamSession extends AutoCloseable {
    /**
     * Computes one batch.
     *
     * @param src at least {@link Streamable#srcBytes()} long
     * @param dst at least {@link Streamable#dstBytes()} long
     */
    void run(MemorySegment src, MemorySegment dst);

    /**
     * Keeps the threads that runs have beside the calling one, which is the one that runs, on CPUs of their own.
     *
     * @param cpus of each thread but the calling one
     * @return whether they are there; if not, they may run where the calling thread may
     * @throws IllegalArgumentException if runs have another number of threads
     */
    boolean pin(List<BitSet> cpus);

    /** Frees its memory. May be called again. */
    @Override
    void close();
}
