package dev.gatun.plan;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Surrounds RGB pixels with a border of one colour and gives every pixel a fourth byte, which is 0 inside and tells of the border outside:
 * what {@link PixelStem} reads. Immutable; thread-safe.
 */
final class PixelPadder implements PixelReader {
    private static final int HALF = 4;

    /** Bytes of a pixel that is written: twice the same four where {@link PixelStem} needs its weights in halves. */
    static final int PIXEL = PairLimit.matters() ? 2 * HALF : HALF;

    /** Channels of a pixel that is read. */
    static final int CHANNELS = 3;

    private static final ValueLayout.OfInt LITTLE = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int COLOUR = 0xff_ffff;

    private final int images;
    private final int height;
    private final int width;
    private final int top;
    private final int left;
    private final int bottom;
    private final int right;
    private final boolean srcChannelsLast;
    private final int together;
    private final int pitch;
    private final int border;

    /**
     * @param together rows whose pixels of a column are neighbours; rows and border have to be a multiple of it
     * @param border the bytes of a pixel of the border, the first lowest
     */
    PixelPadder(
            long images,
            long height,
            long width,
            int top,
            int left,
            int bottom,
            int right,
            boolean srcChannelsLast,
            int together,
            int border) {
        this.images = Math.toIntExact(images);
        this.height = Math.toIntExact(height);
        this.width = Math.toIntExact(width);
        this.top = top;
        this.left = left;
        this.bottom = bottom;
        this.right = right;
        this.srcChannelsLast = srcChannelsLast;
        this.together = together;
        this.pitch = together * PIXEL;
        this.border = border;
    }

    @Override
    public String implementation() {
        return "pad";
    }

    @Override
    public long dstBytes() {
        return (long) images * (height + top + bottom) * (width + left + right) * PIXEL;
    }

    @Override
    public void run(MemorySegment src, long image, MemorySegment dst) {
        long plane = (long) height * width;
        int rows = top + height + bottom;
        for (int row = 0; row < images * rows; row++) {
            long to = ((long) row / together * (left + width + right) * together + row % together) * PIXEL;
            int y = row % rows - top;
            if (y < 0 || y >= height) {
                border(dst, to, left + width + right);
                continue;
            }
            long from = (image + row / rows) * CHANNELS * plane;
            long inside = to + (long) left * pitch;
            border(dst, to, left);
            if (srcChannelsLast) {
                interleaved(src, from + (long) y * width * CHANNELS, dst, inside);
            } else {
                planar(src, from + (long) y * width, plane, dst, inside);
            }
            border(dst, inside + (long) width * pitch, right);
        }
    }

    private void border(MemorySegment dst, long to, int pixels) {
        for (int i = 0; i < pixels; i++) {
            put(dst, to, i, border);
        }
    }

    private void interleaved(MemorySegment src, long from, MemorySegment dst, long to) {
        // All but the last pixel are read with the first byte of the next one.
        int last = width - 1;
        for (int x = 0; x < last; x++) {
            put(dst, to, x, src.get(LITTLE, from + (long) x * CHANNELS) & COLOUR);
        }
        long end = from + (long) last * CHANNELS;
        put(dst, to, last, pixel(src, end, end + 1, end + 2));
    }

    private void planar(MemorySegment src, long from, long plane, MemorySegment dst, long to) {
        for (int x = 0; x < width; x++) {
            long at = from + x;
            put(dst, to, x, pixel(src, at, at + plane, at + 2 * plane));
        }
    }

    private void put(MemorySegment dst, long to, int x, int pixel) {
        long at = to + (long) x * pitch;
        for (int half = 0; half < PIXEL; half += HALF) {
            dst.set(LITTLE, at + half, pixel);
        }
    }

    private static int pixel(MemorySegment src, long first, long second, long third) {
        return (src.get(ValueLayout.JAVA_BYTE, first) & 0xff)
                | (src.get(ValueLayout.JAVA_BYTE, second) & 0xff) << 8
                | (src.get(ValueLayout.JAVA_BYTE, third) & 0xff) << 16;
    }
}
