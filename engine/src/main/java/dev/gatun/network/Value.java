package dev.gatun.network;

/**
 * The result of an operation while a network is being built, seen as its file sees it.
 *
 * @param node that computes it; that node's result is [n, channels, height, width] whatever the layout
 * @param channels of it
 * @param height in pixels before {@code pending}, or {@link #UNKNOWN}
 * @param width in pixels before {@code pending}, or {@link #UNKNOWN}
 * @param layout how the file sees it
 * @param nonNegative whether no element can be below 0
 * @param pending what the file has done to it and no node does yet
 */
public record Value(
        String node, int channels, long height, long width, Layout layout, boolean nonNegative, Pending pending) {
    /** The extent of an image whose size the file leaves open. */
    public static final long UNKNOWN = -1;

    /** How a file sees a value. */
    public enum Layout {
        /** [n, c, h, w]. */
        NCHW("a map [n, c, h, w]"),
        /** [n, h, w, c]. */
        NHWC("a map [n, h, w, c]"),
        /** [n, c], of one pixel. */
        ROWS("rows [n, c]"),
        /** [n, c] after softmax, which nothing may read. */
        PROBABILITIES("probabilities");

        private final String words;

        Layout(String words) {
            this.words = words;
        }
    }

    /**
     * Subsampling and then zero padding of a map.
     *
     * @param strideH vertical step
     * @param strideW horizontal step
     * @param pads zeros around it
     */
    public record Pending(int strideH, int strideW, Pads.Explicit pads) {
        /** Nothing. */
        public static final Pending NONE = new Pending(1, 1, Pads.NONE);

        boolean subsamples() {
            return strideH != 1 || strideW != 1;
        }

        boolean widens() {
            return !pads.equals(Pads.NONE);
        }
    }

    /** Height in pixels as the file sees it, or {@link #UNKNOWN}. */
    public long seenHeight() {
        Pads.Explicit pads = pending.pads();
        return height == UNKNOWN
                ? UNKNOWN
                : Math.ceilDiv(height, (long) pending.strideH()) + pads.top() + pads.bottom();
    }

    /** Width in pixels as the file sees it, or {@link #UNKNOWN}. */
    public long seenWidth() {
        Pads.Explicit pads = pending.pads();
        return width == UNKNOWN ? UNKNOWN : Math.ceilDiv(width, (long) pending.strideW()) + pads.left() + pads.right();
    }

    /** This value if it is in this layout. */
    public Value require(Layout expected) {
        if (layout != expected) {
            throw new IllegalArgumentException("it reads " + layout.words + ", expected " + expected.words);
        }
        return this;
    }

    /** The same value, seen otherwise. */
    public Value in(Layout other) {
        return new Value(node, channels, height, width, other, nonNegative, pending);
    }

    /** The same value with this to be done to it. */
    Value with(Pending more) {
        return new Value(node, channels, height, width, layout, nonNegative, more);
    }

    /** Whether every image of it has one pixel; true as well where its size is open, which then shows when it is compiled. */
    public boolean mayBeOnePixel() {
        return pending.equals(Pending.NONE) && (height == 1 || height == UNKNOWN) && (width == 1 || width == UNKNOWN);
    }
}
