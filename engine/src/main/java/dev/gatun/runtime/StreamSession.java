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
     * Keeps the threads of runs on CPUs of their own, until it is closed. Called by the thread that runs it.
     *
     * @param cpus of each thread, the calling one first
     * @return whether they are there; if not, they are where they were
     */
    boolean pin(List<BitSet> cpus);

    /** Frees its memory. May be called again. */
    @Override
    void close();
}
