package dev.gatun.runtime;

import java.util.List;

/**
 * How the results of some images lie in memory: one result after another, each at a multiple of 64 bytes, and in each a row an image. As
 * a plan for that many images lays them out. Immutable.
 *
 * @param rowBytes of each result, at least one
 */
public record Results(List<Long> rowBytes) {
    private static final long ALIGNMENT = 64;

    /** Copies the list. */
    public Results {
        rowBytes = List.copyOf(rowBytes);
        if (rowBytes.isEmpty()) {
            throw new IllegalArgumentException("no results, expected at least one");
        }
    }

    /** Where a result of {@code images} images begins; throws {@link ArithmeticException} where it overflows a long. */
    public long offset(int result, long images) {
        long offset = 0;
        for (int i = 0; i < result; i++) {
            long end = Math.addExact(offset, Math.multiplyExact(images, rowBytes.get(i)));
            offset = Math.multiplyExact(Math.ceilDiv(end, ALIGNMENT), ALIGNMENT);
        }
        return offset;
    }

    /** All that {@code images} images need; throws {@link ArithmeticException} where it overflows a long. */
    public long bytes(long images) {
        int last = rowBytes.size() - 1;
        return Math.addExact(offset(last, images), Math.multiplyExact(images, rowBytes.get(last)));
    }
}
