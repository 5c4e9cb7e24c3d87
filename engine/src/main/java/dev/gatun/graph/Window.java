package dev.gatun.graph;

import java.util.Arrays;

/**
 * What a convolution or a pooling sees of its input. Every value is in pixels.
 *
 * @param kernelH height of the kernel
 * @param kernelW width of the kernel
 * @param strideH vertical step
 * @param strideW horizontal step
 * @param padTop zero rows above
 * @param padLeft zero columns to the left
 * @param padBottom zero rows below
 * @param padRight zero columns to the right
 * @param dilation distance between taps, 1 for dense (torch's convention; oneDNN counts from 0)
 */
public record Window(
        int kernelH,
        int kernelW,
        int strideH,
        int strideW,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight,
        int dilation) {

    /** Checks the numbers. */
    public Window {
        if (Math.min(Math.min(kernelH, kernelW), Math.min(strideH, strideW)) < 1 || dilation < 1) {
            throw new IllegalArgumentException("kernel, stride and dilation must be positive");
        }
        if (Math.min(Math.min(padTop, padLeft), Math.min(padBottom, padRight)) < 0) {
            throw new IllegalArgumentException("padding must not be negative");
        }
    }

    /** A square, dense window with the same padding on all sides. */
    public static Window square(int kernel, int stride, int padding) {
        return new Window(kernel, kernel, stride, stride, padding, padding, padding, padding, 1);
    }

    /** A square window whose output is as large as its input over the stride, for odd kernels. */
    public static Window same(int kernel, int stride) {
        return square(kernel, stride, kernel / 2);
    }

    /**
     * A square window padded as TensorFlow's SAME, for inputs whose size the stride divides: the odd pixel at bottom and right.
     */
    public static Window tensorFlowSame(int kernel, int stride) {
        int padding = Math.max(kernel - stride, 0);
        int before = padding / 2;
        int after = padding - before;
        return new Window(kernel, kernel, stride, stride, before, before, after, after, 1);
    }

    /** The same window with its taps, and as much more padding, further apart. */
    public Window dilated(int dilation) {
        return new Window(
                kernelH,
                kernelW,
                strideH,
                strideW,
                padTop * dilation,
                padLeft * dilation,
                padBottom * dilation,
                padRight * dilation,
                dilation);
    }

    /** The same window for inputs that bring their padding with them. */
    public Window withoutPadding() {
        return new Window(kernelH, kernelW, strideH, strideW, 0, 0, 0, 0, dilation);
    }

    /** Rows of the output for an input of {@code height} rows. */
    public long outputHeight(long height) {
        return output(height, padTop + padBottom, kernelH, strideH);
    }

    /** Columns of the output for an input of {@code width} columns. */
    public long outputWidth(long width) {
        return output(width, padLeft + padRight, kernelW, strideW);
    }

    private long output(long size, int padding, int kernel, int stride) {
        long span = (long) dilation * (kernel - 1) + 1;
        return Math.floorDiv(size + padding - span, stride) + 1;
    }

    /* That of the JVM takes milliseconds to make, and windows are compared before the first result. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Window window && Arrays.equals(numbers(), window.numbers());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers());
    }

    private int[] numbers() {
        return new int[] {kernelH, kernelW, strideH, strideW, padTop, padLeft, padBottom, padRight, dilation};
    }
}
