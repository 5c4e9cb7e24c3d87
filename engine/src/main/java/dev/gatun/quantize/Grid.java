package dev.gatun.quantize;

/**
 * The values that an int8 activation can have: {@code scale * q}, q in -128..127 or, for a value that is never negative, in 0..255.
 *
 * @param scale of one step, positive
 * @param signed whether q may be negative
 */
record Grid(float scale, boolean signed) {
    private static final int LARGEST_UNSIGNED = 255;
    private static final int LARGEST_SIGNED = 127;

    /** Checks the scale. */
    Grid {
        if (!(scale > 0 && Float.isFinite(scale))) {
            throw new IllegalArgumentException("scale is " + scale + ", expected a positive number");
        }
    }

    /** The grid whose largest value is {@code threshold}; any grid does for a value that is always 0. */
    static Grid upTo(double threshold, boolean signed) {
        float scale = (float) (threshold / largest(signed));
        return new Grid(scale >= Float.MIN_NORMAL ? scale : 1, signed);
    }

    /** The largest q. */
    static int largest(boolean signed) {
        return signed ? LARGEST_SIGNED : LARGEST_UNSIGNED;
    }

    /** The smallest q. */
    int lowest() {
        return signed ? -LARGEST_SIGNED - 1 : 0;
    }

    /** Rounds {@code count} values to the nearest on the grid, halves to even, as oneDNN's saturating conversion does. */
    void round(float[] values, int count) {
        float inverse = 1 / scale;
        float low = lowest();
        float high = largest(signed);
        for (int i = 0; i < count; i++) {
            float q = Math.min(Math.max(values[i] * inverse, low), high);
            // Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition rounds.
            values[i] = ((q + 0x1.8p23f) - 0x1.8p23f) * scale;
        }
    }
}
