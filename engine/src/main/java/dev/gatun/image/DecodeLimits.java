package dev.gatun.image;

/**
 * What an image file may at most be. Extents are compared with the file's header before anything is decoded or
 * allocated for it, so a small file that claims huge extents costs nothing.
 *
 * <p>Decoding an image of {@code p} pixels takes up to about {@code 8 p} bytes of heap, and {@code 8 p} of native
 * memory for a progressive JPEG.
 *
 * @param maxWidth most pixels in a row
 * @param maxHeight most rows
 * @param maxPixels most pixels in all
 * @param maxBytes most bytes of the file
 */
public record DecodeLimits(int maxWidth, int maxHeight, long maxPixels, long maxBytes) {
    /** Most pixels whose RGB samples fit one Java array. */
    static final int MOST_PIXELS = (Integer.MAX_VALUE - 8) / RgbImage.CHANNELS;

    /** 32,768 a side, 89,478,485 pixels (Pillow's {@code Image.MAX_IMAGE_PIXELS}), 64 MiB. */
    public static final DecodeLimits DEFAULT = new DecodeLimits(32_768, 32_768, 89_478_485, 64L << 20);

    /** Checks that every limit is positive and that what they admit fits Java arrays. */
    public DecodeLimits {
        requireWithin("maxWidth", maxWidth, Integer.MAX_VALUE);
        requireWithin("maxHeight", maxHeight, Integer.MAX_VALUE);
        requireWithin("maxPixels", maxPixels, MOST_PIXELS);
        requireWithin("maxBytes", maxBytes, Integer.MAX_VALUE - 1024);
    }

    private static void requireWithin(String name, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " " + value + ", expected 1 to " + most);
        }
    }

    void checkBytes(String file, long bytes) {
        if (bytes > maxBytes) {
            throw new ImageFormatException(file, bytes + " bytes, the limit is " + maxBytes, null);
        }
    }

    void checkExtents(String file, String format, long width, long height) {
        if (width < 1 || height < 1) {
            throw new ImageFormatException(
                    file, format + " of " + width + "x" + height + ", expected at least 1x1", null);
        }
        if (width > maxWidth || height > maxHeight || width * height > maxPixels) {
            throw new ImageFormatException(
                    file,
                    format + " of " + width + "x" + height + ", the limit is " + maxWidth + "x" + maxHeight + " and "
                            + maxPixels + " pixels",
                    null);
        }
    }
}
