package dev.gatun.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Resizes as Pillow's {@code Image.resize} does, byte for byte: antialiased, in two passes of 22-bit fixed point,
 * horizontal first, with the image between them rounded to 8 bits; a pass that changes nothing is left out.
 *
 * <p>Where only a region of the resized image is wanted, only the rows and columns that it needs are computed; the
 * bytes are the same. An instance keeps its weights and buffers for the next image and belongs to one thread at a time.
 */
public final class Resampler {
    private static final int HALF = 1 << (ResampleKernel.PRECISION_BITS - 1);

    private @Nullable ResampleKernel horizontal;
    private @Nullable ResampleKernel vertical;
    private byte[] between = new byte[0];
    private int[] sums = new int[0];

    /** A resampler without buffers yet. */
    public Resampler() {}

    /**
     * The image at another size.
     *
     * @throws IllegalArgumentException if the size is below 1x1 or no array can hold it
     */
    public RgbImage resize(RgbImage image, int width, int height, Interpolation interpolation) {
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        resize(image, width, height, interpolation, Region.whole(width, height), rgb, 0, width * RgbImage.CHANNELS);
        return new RgbImage(width, height, rgb);
    }

    /**
     * Writes a region of the image at {@code width} x {@code height} to {@code to}, its first row at {@code at} and each
     * further one {@code stride} bytes on.
     */
    void resize(
            RgbImage image,
            int width,
            int height,
            Interpolation interpolation,
            Region region,
            byte[] to,
            int at,
            int stride) {
        int rowBytes = region.width() * RgbImage.CHANNELS;
        if (height == image.height()) {
            horizontally(image, width, interpolation, region, to, at, stride);
            return;
        }
        ResampleKernel rows = vertical;
        if (rows == null || !rows.isFor(image.height(), height, region.top(), region.bottom(), interpolation)) {
            rows = new ResampleKernel(image.height(), height, region.top(), region.bottom(), interpolation);
            vertical = rows;
        }
        int firstRow = rows.firstRead();
        if (width == image.width()) {
            int imageStride = width * RgbImage.CHANNELS;
            vertically(
                    rows,
                    image.rgb(),
                    firstRow * imageStride + region.left() * RgbImage.CHANNELS,
                    imageStride,
                    rowBytes,
                    to,
                    at,
                    stride);
            return;
        }
        Region read = new Region(region.left(), firstRow, region.width(), rows.endRead() - firstRow);
        int betweenBytes = RgbImage.byteSize(read.width(), read.height());
        if (between.length < betweenBytes) {
            between = new byte[betweenBytes];
        }
        horizontally(image, width, interpolation, read, between, 0, rowBytes);
        vertically(rows, between, 0, rowBytes, rowBytes, to, at, stride);
    }

    private void horizontally(
            RgbImage image, int width, Interpolation interpolation, Region region, byte[] to, int at, int stride) {
        byte[] from = image.rgb();
        int imageStride = image.width() * RgbImage.CHANNELS;
        if (width == image.width()) {
            for (int y = 0; y < region.height(); y++) {
                int start = (region.top() + y) * imageStride + region.left() * RgbImage.CHANNELS;
                System.arraycopy(from, start, to, at + y * stride, region.width() * RgbImage.CHANNELS);
            }
            return;
        }
        ResampleKernel columns = horizontal;
        if (columns == null || !columns.isFor(image.width(), width, region.left(), region.right(), interpolation)) {
            columns = new ResampleKernel(image.width(), width, region.left(), region.right(), interpolation);
            horizontal = columns;
        }
        for (int y = 0; y < region.height(); y++) {
            row(columns, from, (region.top() + y) * imageStride, to, at + y * stride);
        }
    }

    private static void row(ResampleKernel columns, byte[] from, int fromRow, byte[] to, int toRow) {
        int[] weights = columns.weights();
        int size = columns.size();
        int out = toRow;
        for (int x = 0; x < size; x++, out += RgbImage.CHANNELS) {
            int in = fromRow + columns.start(x) * RgbImage.CHANNELS;
            int tap = columns.weightsAt(x);
            int end = tap + columns.count(x);
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            for (; tap < end; tap++, in += RgbImage.CHANNELS) {
                int weight = weights[tap];
                red += (from[in] & 0xff) * weight;
                green += (from[in + 1] & 0xff) * weight;
                blue += (from[in + 2] & 0xff) * weight;
            }
            to[out] = clip(red);
            to[out + 1] = clip(green);
            to[out + 2] = clip(blue);
        }
    }

    /** Sums whole rows, tap by tap, so that every access is sequential. */
    private void vertically(
            ResampleKernel rows,
            byte[] from,
            int fromAt,
            int fromStride,
            int rowBytes,
            byte[] to,
            int toAt,
            int toStride) {
        if (sums.length < rowBytes) {
            sums = new int[rowBytes];
        }
        int[] weights = rows.weights();
        for (int y = 0; y < rows.size(); y++) {
            Arrays.fill(sums, 0, rowBytes, HALF);
            int firstRow = fromAt + (rows.start(y) - rows.firstRead()) * fromStride;
            int firstWeight = rows.weightsAt(y);
            for (int tap = 0; tap < rows.count(y); tap++) {
                add(sums, from, firstRow + tap * fromStride, rowBytes, weights[firstWeight + tap]);
            }
            clip(sums, to, toAt + y * toStride, rowBytes);
        }
    }

    private static void add(int[] sums, byte[] from, int at, int count, int weight) {
        for (int i = 0; i < count; i++) {
            sums[i] += (from[at + i] & 0xff) * weight;
        }
    }

    private static void clip(int[] sums, byte[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = clip(sums[i]);
        }
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> ResampleKernel.PRECISION_BITS, 0, 255);
    }
}
