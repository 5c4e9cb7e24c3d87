package dev.gatun.onednn;

import java.util.function.IntToLongFunction;

/** How a kernel moves over the spatial dimensions: strides, dilates (0 = dense), padding at the low and high ends. */
final class Window {
    private final long[] strides;
    private final long[] dilates;
    private final long[] padL;
    private final long[] padR;

    Window(long[] strides, long[] dilates, long[] padL, long[] padR) {
        this.strides = strides;
        this.dilates = dilates;
        this.padL = padL;
        this.padR = padR;
    }

    static void checkLength(String name, long[] values, int spatial) {
        if (values.length != spatial) {
            throw new IllegalArgumentException(
                    name + " has " + values.length + " values for " + spatial + " spatial dimensions");
        }
    }

    void check(MemoryDesc src, MemoryDesc dst, IntToLongFunction kernel) {
        int spatial = src.ndims() - 2;
        checkLength("strides", strides, spatial);
        checkLength("dilates", dilates, spatial);
        checkLength("padL", padL, spatial);
        checkLength("padR", padR, spatial);
        for (int i = 0; i < spatial; i++) {
            if (strides[i] < 1 || dilates[i] < 0 || padL[i] < 0 || padR[i] <= -strides[i]) {
                throw new IllegalArgumentException(
                        "strides must be positive, dilates and padL not negative and padR" + " above -stride: " + this);
            }
            long extent = (kernel.applyAsLong(i) - 1) * (dilates[i] + 1) + 1;
            long room = src.dim(2 + i) + padL[i] + padR[i] - extent;
            long expected = room < 0 ? 0 : room / strides[i] + 1;
            if (expected != dst.dim(2 + i)) {
                throw new IllegalArgumentException("spatial dimension " + i + " of dst is " + dst.dim(2 + i)
                        + ", but this window makes it " + expected + ": src " + src + ", dst " + dst + ", kernel "
                        + kernel.applyAsLong(i) + ", " + this);
            }
        }
    }

    @Override
    public String toString() {
        return "strides " + Native.join(strides) + " dilates " + Native.join(dilates) + " padL " + Native.join(padL)
                + " padR " + Native.join(padR);
    }
}
