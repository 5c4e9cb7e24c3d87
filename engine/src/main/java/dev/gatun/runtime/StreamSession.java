package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;

/** Runs a {@link Streamable} in memory of its own. Belongs to one thread at a time. */
public interface StreamSession extends AutoCloseable {
    /**
     * Computes one batch.
     *
     * @param src at least {@link Streamable#srcBytes()} long
     * @param dst at least {@link Streamable#dstBytes()} long
     */
    void run(MemorySegment src, MemorySegment dst);

    /** Frees its memory. May be called again. */
    @Override
    void close();
}
