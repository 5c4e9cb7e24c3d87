package dev.gatun.bench;

import java.util.Arrays;

/** Times in the order they were taken; doubles its room when full. One thread. */
final class Samples {
    private static final int ROOM = 1 << 16;

    private long[] nanos = new long[ROOM];
    private int count;

    void add(long time) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = time;
    }

    int count() {
        return count;
    }

    long[] toArray() {
        return Arrays.copyOf(nanos, count);
    }
}
