package dev.gatun.spec;

/** How images are laid out in a network's src tensor: data type and order of batch (N), channel, height and width. */
public enum InputFormat {
    /** Normalised float32, native byte order, plane after plane. */
    F32_NCHW(Float.BYTES, true),
    /** Normalised float32, native byte order, pixel after pixel. */
    F32_NHWC(Float.BYTES, false),
    /** The samples 0 to 255 not normalised, plane after plane; the engine normalises them. */
    U8_NCHW(Byte.BYTES, true),
    /** The samples 0 to 255 not normalised, pixel after pixel; the engine normalises them. */
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

    /** Whether the samples are still to be normalised. */
    public boolean pixels() {
        return elementBytes == Byte.BYTES;
    }
}
