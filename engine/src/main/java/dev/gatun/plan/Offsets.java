package dev.gatun.plan;

import java.lang.foreign.MemorySegment;

/**
 * A table of int32 in native memory, shared by all steps of a plan that have the same.
 *
 * @param data borrowed from the plan
 * @param count numbers
 */
record Offsets(MemorySegment data, long count) {
    static final Offsets NONE = new Offsets(MemorySegment.NULL, 0);

    long address() {
        return data.address();
    }

    long address(long index) {
        return data.address() + index * Integer.BYTES;
    }

    /** Numbers of pixels as bytes; negative numbers stay negative. */
    static int[] scaled(int[] pixels, int pixelBytes) {
        int[] bytes = new int[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Math.multiplyExact(pixels[i], pixelBytes);
        }
        return bytes;
    }
}
