package dev.gatun.image;

import java.util.Arrays;

/**
 * A decoded image: 8-bit RGB as Pillow's {@code convert("RGB")} gives it, height x width x channel (HWC), rows from the
 * top, no padding. Sample values are the file's own: no colour management, no gamma, alpha dropped.
 *
 * <p>The array is held, not copied; whoever writes to it afterwards changes the image. Safe to share between threads
 * as long as nobody does.
 *
 * @param width pixels in a row, at least 1
 * @param height rows, at least 1
 * @param rgb {@code width * height * 3} samples
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString are the array's contents below
public record RgbImage(int width, int height, byte[] rgb) {
    /** Samples in a pixel. */
    public static final int CHANNELS = 3;

    /** Checks that the array has exactly the samples of the extents. */
    public RgbImage {
        if (rgb.length != byteSize(width, height)) {
            throw new IllegalArgumentException("rgb has " + rgb.length + " bytes, expected " + width + " * " + height
                    + " * 3 = " + byteSize(width, height));
        }
    }

    /** The bytes that an image of these extents takes; refuses what no array can hold. */
    static int byteSize(int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("image of " + width + "x" + height + ", expected at least 1x1");
        }
        long bytes = (long) width * height * CHANNELS;
        if ((long) width * height > DecodeLimits.MOST_PIXELS) {
            throw new IllegalArgumentException("image of " + width + "x" + height + " does not fit a Java array");
        }
        return (int) bytes;
    }

    /** Sample of channel {@code c} (0 red, 1 green, 2 blue) at column {@code x} of row {@code y}, 0 to 255. */
    public int sample(int x, int y, int c) {
        if (x < 0 || x >= width || y < 0 || y >= height || c < 0 || c >= CHANNELS) {
            throw new IndexOutOfBoundsException(
                    "sample (" + x + ", " + y + ", " + c + ") of an image of " + width + "x" + height);
        }
        return rgb[(y * width + x) * CHANNELS + c] & 0xff;
    }

    /** The image with left and right exchanged. */
    public RgbImage mirrored() {
        byte[] mirrored = new byte[rgb.length];
        for (int pixel = 0; pixel < width * height; pixel++) {
            int x = pixel % width;
            System.arraycopy(rgb, pixel * CHANNELS, mirrored, (pixel + width - 1 - 2 * x) * CHANNELS, CHANNELS);
        }
        return new RgbImage(width, height, mirrored);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage that
                && width == that.width
                && height == that.height
                && Arrays.equals(rgb, that.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[" + width + "x" + height + "]";
    }
}
