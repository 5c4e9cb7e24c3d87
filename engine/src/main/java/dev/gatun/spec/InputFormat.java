package dev.gatun.spec;

/** The layout and type of the images a session is given. */
public enum InputFormat {
    /** [n, c, h, w], f32, already normalised. */
    NCHW_F32(false, 4),
    /** [n, h, w, c], f32, already normalised. */
    NHWC_F32(true, 4),
    /** [n, c, h, w], pixels of 0 to 255; the engine normalises. */
    NCHW_U8(false, 1),
    /** [n, h, w, c], pixels of 0 to 255; the engine normalises. */
    NHWC_U8(true, 1);

    private final boolean channelsLast;
    private final int elementBytes;

    InputFormat(boolean channelsLast, int elementBytes) {
        this.channelsLast = channelsLast;
        this.elementBytes = elementBytes;
    }

    /** Whether the channels of a pixel lie side by side. */
    public boolean channelsLast() {
        return channelsLast;
    }

    /** Size of one value in bytes. */
    public int elementBytes() {
        return elementBytes;
    }

    /** Whether the values are pixels that have still to be normalised. */
    public boolean pixels() {
        return elementBytes == 1;
    }
}
