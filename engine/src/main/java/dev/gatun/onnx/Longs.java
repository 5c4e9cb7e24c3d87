package dev.gatun.onnx;

import java.util.Arrays;

/** A growing list of longs with a limit. One thread. */
final class Longs {
    private final int limit;
    private long[] values = new long[8];
    private int size;

    /** A list of at most {@code limit}. */
    Longs(int limit) {
        this.limit = limit;
    }

    void add(long value) {
        if (size == limit) {
            throw new IllegalArgumentException("a list of more than " + limit + " numbers");
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.min(limit, 2 * size));
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    long[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
