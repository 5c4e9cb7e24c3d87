package dev.gatun.answers;

import dev.gatun.spec.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The order of the values of feature maps. Networks put them out as {@link #NCHW}. */
public enum MapLayout {
    /** A plane for each channel, as in torch. */
    NCHW,
    /** All channels of a pixel side by side, as in TensorFlow. */
    NHWC;

    /**
     * The extents of maps in this layout.
     *
     * @param nchw [n, c, h, w]
     * @throws IllegalArgumentException if it has not four axes
     */
    public Shape shape(Shape nchw) {
        check(nchw);
        return this == NCHW ? nchw : Shape.of(nchw.dim(0), nchw.dim(2), nchw.dim(3), nchw.dim(1));
    }

    /**
     * Copies maps from {@link #NCHW} to this layout.
     *
     * @param maps f32, as a network put them out
     * @param nchw their extents, [n, c, h, w]
     * @param to as many bytes, not overlapping {@code maps}
     * @throws IllegalArgumentException if {@code nchw} has not four axes
     * @throws IndexOutOfBoundsException if either segment holds less
     */
    public void copy(MemorySegment maps, Shape nchw, MemorySegment to) {
        check(nchw);
        long values = nchw.elements();
        if (this == NCHW) {
            MemorySegment.copy(maps, 0, to, 0, values * Float.BYTES);
            return;
        }
        long channels = nchw.dim(1);
        long pixels = nchw.dim(2) * nchw.dim(3);
        MemorySegment from = maps.asSlice(0, values * Float.BYTES);
        for (long i = 0; i < values; i++) {
            long image = i / (channels * pixels);
            long pixel = i / channels % pixels;
            long channel = i % channels;
            float value =
                    from.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, (image * channels + channel) * pixels + pixel);
            to.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
        }
    }

    private static void check(Shape nchw) {
        if (nchw.rank() != 4) {
            throw new IllegalArgumentException("feature maps of " + nchw + ", expected [n, c, h, w]");
        }
    }
}
