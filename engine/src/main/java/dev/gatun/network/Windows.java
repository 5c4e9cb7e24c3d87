package dev.gatun.network;

import dev.gatun.graph.Window;
import dev.gatun.network.NetworkBuilder.Steps;
import dev.gatun.network.Value.Pending;

/**
 * Padding in pixels, and the sizes that follow. Where padding depends on the size, remembers for which sizes it stays the same. One thread.
 */
final class Windows {
    /** Far above what any ResNet has; keeps sizes within what can be computed. */
    static final int MAX_PIXELS = 1 << 12;

    private long inputHeight = Value.UNKNOWN;
    private long inputWidth = Value.UNKNOWN;
    private long multiple = 1;

    void input(long height, long width) {
        if (height != width) {
            throw new IllegalArgumentException(
                    "images of " + height + "x" + width + " (height, width), expected square ones or any size");
        }
        inputHeight = height;
        inputWidth = width;
    }

    /** Side of the images, 0 for any. */
    int size() {
        return inputHeight == Value.UNKNOWN ? 0 : Math.toIntExact(inputHeight);
    }

    int multiple() {
        return Math.toIntExact(multiple);
    }

    /** The window with the padding that is pending for {@code map} and its own. */
    Window window(Value map, Steps steps, Pads pads) {
        Pads.Explicit before = map.pending().pads();
        Pads.Explicit own = switch (pads) {
            case Pads.Explicit explicit -> explicit;
            case Pads.Same(boolean oddLast) -> same(map, steps, oddLast);
            case Pads.Ceil(Pads.Explicit least) -> ceil(map, steps, least);
        };
        Pads.Explicit all = before.plus(own);
        int largest = Math.max(
                Math.max(Math.max(steps.kernelH(), steps.kernelW()), Math.max(steps.strideH(), steps.strideW())),
                Math.max(
                        steps.dilation(),
                        Math.max(Math.max(all.top(), all.left()), Math.max(all.bottom(), all.right()))));
        if (largest > MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "a kernel, stride, dilation or padding of " + largest + ", expected at most " + MAX_PIXELS);
        }
        return new Window(
                steps.kernelH(),
                steps.kernelW(),
                steps.strideH(),
                steps.strideW(),
                all.top(),
                all.left(),
                all.bottom(),
                all.right(),
                steps.dilation());
    }

    /** Whether the padding that is pending is so narrow that no window lies in it alone. */
    boolean everyWindowSeesTheMap(Value map, Steps steps) {
        Pads.Explicit pads = map.pending().pads();
        return Math.max(pads.top(), pads.bottom()) < steps.kernelH()
                && Math.max(pads.left(), pads.right()) < steps.kernelW();
    }

    /** The result of a node that looks through {@code window}. */
    Value result(String node, Value map, int channels, Window window, boolean nonNegative) {
        return new Value(
                node,
                channels,
                extent(map.height(), window.outputHeight(map.height())),
                extent(map.width(), window.outputWidth(map.width())),
                map.layout(),
                nonNegative,
                Pending.NONE);
    }

    private static long extent(long before, long after) {
        if (before != Value.UNKNOWN && after < 1) {
            throw new IllegalArgumentException("its window is larger than the map it sees");
        }
        return before == Value.UNKNOWN ? Value.UNKNOWN : after;
    }

    private Pads.Explicit same(Value map, Steps steps, boolean oddLast) {
        long height = padded(
                map.height(), map.pending().pads().top(), map.pending().pads().bottom());
        long width = padded(
                map.width(), map.pending().pads().left(), map.pending().pads().right());
        long rows = same(height, inputHeight, steps.kernelH(), steps.strideH(), steps.dilation());
        long columns = same(width, inputWidth, steps.kernelW(), steps.strideW(), steps.dilation());
        int top = Math.toIntExact(oddLast ? rows / 2 : rows - rows / 2);
        int left = Math.toIntExact(oddLast ? columns / 2 : columns - columns / 2);
        return new Pads.Explicit(top, left, Math.toIntExact(rows) - top, Math.toIntExact(columns) - left);
    }

    private long same(long extent, long input, int kernel, int stride, int dilation) {
        long span = Math.multiplyExact((long) dilation, kernel - 1L) + 1;
        if (stride == 1) {
            return span - 1;
        }
        dependsOn(extent, input, stride);
        long outputs = Math.ceilDiv(extent, stride);
        return Math.max(0, Math.addExact(Math.multiplyExact(outputs - 1, stride), span) - extent);
    }

    private Pads.Explicit ceil(Value map, Steps steps, Pads.Explicit least) {
        long height = padded(
                map.height(), map.pending().pads().top(), map.pending().pads().bottom());
        long width = padded(
                map.width(), map.pending().pads().left(), map.pending().pads().right());
        int rows = leftOver(height, inputHeight, least.top(), least.bottom(), steps.kernelH(), steps.strideH());
        int columns = leftOver(width, inputWidth, least.left(), least.right(), steps.kernelW(), steps.strideW());
        return new Pads.Explicit(least.top(), least.left(), least.bottom() + rows, least.right() + columns);
    }

    /** How much more padding lets one more window in; none where that would begin in the padding (torch's rule). */
    private int leftOver(long extent, long input, int before, int after, int kernel, int stride) {
        if (stride == 1) {
            return 0;
        }
        dependsOn(extent, input, stride);
        long room = extent + before + after - kernel;
        long windows = Math.ceilDiv(room, stride) + 1;
        if ((windows - 1) * stride >= extent + before) {
            windows--;
        }
        return Math.toIntExact(Math.max(0, (windows - 1) * stride - room));
    }

    private static long padded(long extent, int before, int after) {
        return extent == Value.UNKNOWN ? Value.UNKNOWN : extent + before + after;
    }

    /** Padding that is made for this extent stays the same for all images whose extents here are multiples of the stride as well. */
    private void dependsOn(long extent, long input, int stride) {
        if (extent == Value.UNKNOWN) {
            throw new IllegalArgumentException(
                    "its padding depends on the size of the images, which the file leaves open");
        }
        boolean regular = extent % stride == 0 && input % extent == 0;
        long needed = regular ? Math.multiplyExact(input / extent, stride) : input;
        multiple = needed / gcd(multiple, needed) * multiple;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
