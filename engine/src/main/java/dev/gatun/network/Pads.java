package dev.gatun.network;

/** How an operation pads its input. */
public sealed interface Pads {
    /** No padding. */
    Explicit NONE = new Explicit(0, 0, 0, 0);

    /**
     * So many pixels.
     *
     * @param top rows above
     * @param left columns to the left
     * @param bottom rows below
     * @param right columns to the right
     */
    record Explicit(int top, int left, int bottom, int right) implements Pads {
        /** Checks the numbers. */
        public Explicit {
            if (Math.min(Math.min(top, left), Math.min(bottom, right)) < 0) {
                throw new IllegalArgumentException("padding must not be negative, found " + top + ", " + left + ", "
                        + bottom + " and " + right + " (top, left, bottom, right)");
            }
        }

        /** These and those. */
        public Explicit plus(Explicit other) {
            return new Explicit(
                    Math.addExact(top, other.top),
                    Math.addExact(left, other.left),
                    Math.addExact(bottom, other.bottom),
                    Math.addExact(right, other.right));
        }
    }

    /**
     * As many as the output needs to be as large as the input over the stride, rounded up.
     *
     * @param oddLast whether the odd pixel goes below and to the right (TensorFlow's SAME, ONNX's SAME_UPPER) or above and to the left
     */
    record Same(boolean oddLast) implements Pads {}

    /**
     * So many pixels, and at bottom and right as many as it takes that no pixel is left over (ONNX's ceil_mode).
     *
     * @param pads at least
     */
    record Ceil(Explicit pads) implements Pads {}
}
