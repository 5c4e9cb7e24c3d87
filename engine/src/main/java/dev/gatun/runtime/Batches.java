package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * How images and results lie in the caller's segments.
 *
 * @param size images of a full batch
 * @param imageBytes of an image
 * @param results of images
 */
record Batches(int size, long imageBytes, Results results) {
    static Batches of(Streamable model) {
        return new Batches(model.batch(), model.srcBytes() / model.batch(), model.results());
    }

    /**
     * Computes {@code count} images, at most a batch. A full batch is computed where it lies, another in the lane's memory; so are several
     * results, unless these are all images.
     *
     * @param first index of the first of them in {@code src}
     * @param images that {@code dst} is laid out for
     */
    void run(Lane lane, MemorySegment src, MemorySegment dst, long first, int count, long images) {
        MemorySegment from = lane.src();
        if (count == size) {
            // Slices are objects: a single batch does without.
            from = first == 0 ? src : src.asSlice(first * imageBytes);
        } else {
            // The images behind are those of an earlier run; nobody looks at their results.
            MemorySegment.copy(src, first * imageBytes, from, 0, count * imageBytes);
        }
        boolean inPlace = count == size && (images == size || results.rowBytes().size() == 1);
        if (inPlace) {
            long offset = first * results.rowBytes().getFirst();
            lane.run(from, offset == 0 ? dst : dst.asSlice(offset));
        } else {
            lane.run(from, lane.dst());
            scatter(lane.dst(), 0, dst, first, count, images);
        }
    }

    /**
     * Copies the rows of some images to where they belong.
     *
     * @param computed results of a batch
     * @param place of the first image in the batch
     * @param first index of that image in {@code dst}
     * @param images that {@code dst} is laid out for
     */
    void scatter(MemorySegment computed, int place, MemorySegment dst, long first, int count, long images) {
        List<Long> rowBytes = results.rowBytes();
        for (int i = 0; i < rowBytes.size(); i++) {
            long row = rowBytes.get(i);
            MemorySegment.copy(
                    computed,
                    results.offset(i, size) + place * row,
                    dst,
                    results.offset(i, images) + first * row,
                    count * row);
        }
    }
}
