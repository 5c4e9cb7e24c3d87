package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;

/** Checks of the segments that a run is given, before anything native sees them. */
public final class RunArguments {
    private RunArguments() {}

    /**
     * Checks images and the place for their results.
     *
     * @param images how many there are
     * @param runner the thread that will read and write them
     * @throws IllegalArgumentException if a segment is on the heap, too short, not aligned, of another thread or read-only, or both overlap
     * @throws IllegalStateException if a segment's arena is closed
     */
    public static void check(Streamable model, MemorySegment src, MemorySegment dst, long images, Thread runner) {
        long srcBytes;
        long dstBytes;
        try {
            srcBytes = Math.multiplyExact(model.srcBytes() / model.batch(), images);
            dstBytes = model.results().bytes(images);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "images is " + images + ", expected no more than src and dst have room for", e);
        }
        check("src", src, srcBytes, model.srcAlignment(), runner);
        check("dst", dst, dstBytes, Float.BYTES, runner);
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("dst is read-only, expected a segment that results can be written to");
        }
        if (src.address() < dst.address() + dstBytes && dst.address() < src.address() + srcBytes) {
            throw new IllegalArgumentException("src and dst overlap, expected segments apart");
        }
    }

    private static void check(String name, MemorySegment segment, long bytes, int alignment, Thread runner) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(name + " is on the heap, expected a native segment of an Arena");
        }
        if (segment.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    name + " has " + segment.byteSize() + " bytes, expected at least " + bytes);
        }
        if (segment.address() == 0 || segment.address() % alignment != 0) {
            throw new IllegalArgumentException(name + " is at address " + segment.address()
                    + ", expected a multiple of " + alignment + " other than 0");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(name + " belongs to an arena that is closed");
        }
        if (!segment.isAccessibleBy(runner)) {
            throw new IllegalArgumentException(
                    name + " belongs to an arena of another thread than the one that runs, expected a shared one");
        }
    }
}
