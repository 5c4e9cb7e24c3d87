package dev.gatun.tiles;

import dev.gatun.graph.Window;
import java.util.BitSet;
import java.util.Objects;

/**
 * Where the pixels of an image lie, counted in pixels. Around the image there can be a border of zeros, so that a convolution reads its
 * padding as it reads everything else; at the sides rows share it. With a stride of {@code s}, pixels are sorted into {@code s * s}
 * planes by what is left of their coordinates, so that a convolution of that stride reads neighbours.
 *
 * @param height of the image
 * @param width of the image
 * @param top rows of border above
 * @param left columns of border to the left
 * @param bottom rows of border below
 * @param right columns of border to the right
 * @param stride 1, or that of the only convolutions that can read it
 * @param blocked whether 64 bytes of channels of all pixels come before the next 64 bytes, as in oneDNN's blocked layouts; else all channels
 *     of a pixel are neighbours
 */
public record PixelLayout(
        int height, int width, int top, int left, int bottom, int right, int stride, boolean blocked) {
    /** Rows one after the other. */
    public static PixelLayout plain(int height, int width) {
        return new PixelLayout(height, width, 0, 0, 0, 0, 1, false);
    }

    /** With the padding of {@code window} around it. */
    public static PixelLayout framed(int height, int width, Window window) {
        return new PixelLayout(
                height, width, window.padTop(), window.padLeft(), window.padBottom(), window.padRight(), 1, false);
    }

    /** With the padding of {@code window} around it, sorted by its stride. */
    public static PixelLayout sorted(int height, int width, Window window) {
        return new PixelLayout(
                height,
                width,
                window.padTop(),
                window.padLeft(),
                window.padBottom(),
                window.padRight(),
                window.strideH(),
                false);
    }

    /** The same pixels with their channels in blocks, or without. */
    public PixelLayout withBlocks(boolean blocked) {
        return new PixelLayout(height, width, top, left, bottom, right, stride, blocked);
    }

    /** Whether pixels follow each other with nothing between. */
    public boolean isPlain() {
        return isBare() && stride == 1 && !blocked;
    }

    /** Whether there is no border around the image. */
    boolean isBare() {
        return Math.max(Math.max(top, left), Math.max(bottom, right)) == 0;
    }

    /** Whether convolutions with {@code window} find their padding in it. */
    public boolean frames(Window window) {
        return top >= window.padTop()
                && left >= window.padLeft()
                && bottom >= window.padBottom()
                && right >= window.padRight();
    }

    /** Pixels from one row to the next, of a plane. */
    public int pitch() {
        return stride == 1 ? width + Math.max(left, right) : Math.ceilDiv(left + width + right, stride);
    }

    private int planeRows() {
        return Math.ceilDiv(top + height + bottom, stride);
    }

    /** Of the image and its border. */
    public int pixels() {
        return stride == 1
                ? (top + height + bottom - 1) * pitch() + left + width + right
                : stride * stride * planeRows() * pitch();
    }

    /** Where a pixel of the image or its border lies. */
    public int index(int y, int x) {
        int row = y + top;
        int column = x + left;
        int plane = row % stride * stride + column % stride;
        return (plane * planeRows() + row / stride) * pitch() + column / stride;
    }

    /** Where the pixels of the border lie, ascending. */
    public int[] border() {
        BitSet border = new BitSet();
        border.set(0, pixels());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                border.clear(index(y, x));
            }
        }
        return border.stream().toArray();
    }

    /* That of the JVM takes milliseconds to make, before the first result. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PixelLayout layout
                && height == layout.height
                && width == layout.width
                && top == layout.top
                && left == layout.left
                && bottom == layout.bottom
                && right == layout.right
                && stride == layout.stride
                && blocked == layout.blocked;
    }

    @Override
    public int hashCode() {
        return Objects.hash(height, width, top, left, bottom, right, stride, blocked);
    }

    @Override
    public String toString() {
        String border = isBare() ? "" : "+" + top + "," + left + "," + bottom + "," + right;
        return height + "x" + width + border + (stride == 1 ? "" : "/" + stride) + (blocked ? " blocked" : "");
    }
}
