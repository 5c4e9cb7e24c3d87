package dev.gatun.image;

/**
 * The eight values of EXIF tag 0x0112, in the order of their codes 1 to 8, each as the way from a pixel of the upright
 * image back to the stored one: swap x and y if transposed, then mirror.
 */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    TURNED_180(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_LEFT(true, false, true),
    TRANSVERSED(true, true, true),
    TURNED_RIGHT(true, true, false);

    private final boolean transposed;
    private final boolean mirrorX;
    private final boolean mirrorY;

    Orientation(boolean transposed, boolean mirrorX, boolean mirrorY) {
        this.transposed = transposed;
        this.mirrorX = mirrorX;
        this.mirrorY = mirrorY;
    }

    /** The orientation of an EXIF code; codes outside 1 to 8 mean nothing and leave the image as it is. */
    static Orientation ofCode(int code) {
        return code >= 1 && code <= 8 ? values()[code - 1] : UPRIGHT;
    }

    /** The upright image; the same one where there is nothing to turn. */
    RgbImage upright(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = stored.width();
        int height = stored.height();
        int stepX = (mirrorX ? -1 : 1) * RgbImage.CHANNELS;
        int stepY = (mirrorY ? -1 : 1) * width * RgbImage.CHANNELS;
        int origin = ((mirrorX ? width - 1 : 0) + (mirrorY ? height - 1 : 0) * width) * RgbImage.CHANNELS;
        int outWidth = transposed ? height : width;
        int outHeight = transposed ? width : height;
        int alongRow = transposed ? stepY : stepX;
        int alongColumn = transposed ? stepX : stepY;
        byte[] from = stored.rgb();
        byte[] to = new byte[from.length];
        int at = 0;
        for (int y = 0; y < outHeight; y++) {
            int source = origin + y * alongColumn;
            for (int x = 0; x < outWidth; x++, source += alongRow, at += RgbImage.CHANNELS) {
                to[at] = from[source];
                to[at + 1] = from[source + 1];
                to[at + 2] = from[source + 2];
            }
        }
        return new RgbImage(outWidth, outHeight, to);
    }
}
