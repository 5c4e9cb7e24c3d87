package dev.gatun.plan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Brings the caller's pixels into what the first layer of a plan reads. Immutable; thread-safe. */
sealed interface PixelReader permits PixelNormalizer, PixelPadder, FloatPadder {
    /** What it is, among the implementations of a plan's steps. */
    String implementation();

    /** Bytes that {@link #run} writes. */
    long dstBytes();

    /**
     * Reads as many images as it was made for.
     *
     * @param src all images of a run
     * @param image number of the first it reads
     * @param dst what it writes, {@link #dstBytes()} long
     */
    void run(MemorySegment src, long image, MemorySegment dst);

    /**
     * {@link #run} for those who call it often.
     *
     * @param arena lives as long as the result is used
     */
    default Consumer<MemorySegment> bind(Arena arena, long image, MemorySegment dst) {
        return src -> run(src, image, dst);
    }
}
