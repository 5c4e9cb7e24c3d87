package dev.gatun.image;

/** How pixels are laid out in a network's src tensor: data type and order of batch (N), channel, height and width. */
public enum InputFormat {
    /** Normalised float32, native byte order, plane after plane. */
    F32_NCHW(Float.BYTES, true),
    /** Normalised float32, native byte order, pixel after pixel. */
    F32_NHWC(Float.BYTES, false),
    /** The samples 0 to 255 not normalised, plane after plane. */
    U8_NCHW(Byte.BYTES, true),
    /** The samples 0 to 255 not normalised, pixel after pixel. */
    U8_NHWC(Byte.BYTES, false);

    private final int elementBytes;
    private final boolean planar;

    InputFormat(int elementBytes, boolean planar) {
        this.elementBytes = elementBytes;
        this.planar = planar;
    }

    /** Bytes of one sample. */
    public int elementBytes() {
        return elementBytes;
    }

    /** Whether each channel is a plane of its own. */
    public boolean planar() {
        return planar;
    }

    /** Bytes of one image of these extents. */
    public long imageBytes(int width, int height) {
        return (long) RgbImage.byteSize(width, height) * elementBytes;
    }
}
