package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;

/**
 * How images and results lie in the caller's segments.
 *
 * @param size images of a full batch
 * @param imageBytes of an image
 * @param rowBytes of an image's results
 */
record Batches(int size, long imageBytes, long rowBytes) {
    static Batches of(Streamable model) {
        return new Batches(model.batch(), model.srcBytes() / model.batch(), model.dstBytes() / model.batch());
    }

    /** Computes {@code count} images, at most a batch. A full batch is computed where it lies, another in the lane's memory. */
    void run(Lane lane, MemorySegment src, MemorySegment dst, long first, int count) {
        long srcOffset = first * imageBytes;
        long dstOffset = first * rowBytes;
        if (count == size) {
            // Slices are objects: a single batch does without.
            lane.run(srcOffset == 0 ? src : src.asSlice(srcOffset), dstOffset == 0 ? dst : dst.asSlice(dstOffset));
            return;
        }
        // The images behind are those of an earlier run; nobody looks at their results.
        MemorySegment.copy(src, srcOffset, lane.src(), 0, count * imageBytes);
        lane.run();
        MemorySegment.copy(lane.dst(), 0, dst, dstOffset, count * rowBytes);
    }
}
