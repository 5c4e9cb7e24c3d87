package dev.gatun.onednn;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of problems before oneDNN sees them, so that a mistake is named instead of being "invalid arguments". */
final class Shapes {
    private Shapes() {}

    static void checkAlgorithm(Algorithm algorithm, String family) {
        if (!algorithm.isOf(family)) {
            throw new IllegalArgumentException(
                    algorithm + " is not an algorithm of " + family.toLowerCase(Locale.ROOT));
        }
    }

    static void checkRank(String name, MemoryDesc desc, int min, int max) {
        if (desc.ndims() < min || desc.ndims() > max) {
            String range = min == max ? min + "" : min + " to " + max;
            throw new IllegalArgumentException(name + " must have " + range + " dimensions: " + desc);
        }
    }

    static void checkSameDims(String name, MemoryDesc desc, String otherName, MemoryDesc other) {
        if (!Arrays.equals(desc.dims(), other.dims())) {
            throw new IllegalArgumentException(
                    name + " must have the dimensions of " + otherName + ": " + desc + ", " + other);
        }
    }

    static void checkAxis(int axis, MemoryDesc desc) {
        if (axis < 0 || axis >= desc.ndims()) {
            throw new IllegalArgumentException("axis " + axis + " is not one of " + desc);
        }
    }

    static void checkConvolution(
            MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst, Window window) {
        checkRank("src", src, 3, 5);
        int rank = src.ndims();
        checkRank("dst", dst, rank, rank);
        checkRank("weights", weights, rank, rank + 1);
        int groupDims = weights.ndims() - rank;
        long groups = groupDims == 1 ? weights.dim(0) : 1;
        long oc = groups * weights.dim(groupDims);
        long ic = groups * weights.dim(groupDims + 1);
        equal("channels of src", src.dim(1), "input channels of all groups", ic, src, weights);
        equal("channels of dst", dst.dim(1), "output channels of all groups", oc, dst, weights);
        equal("mb of src", src.dim(0), "mb of dst", dst.dim(0), src, dst);
        if (bias != null) {
            checkBias(bias, oc, weights);
        }
        window.check(src, dst, i -> weights.dim(groupDims + 2 + i));
    }

    static void checkInnerProduct(MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst) {
        checkRank("src", src, 2, 5);
        checkRank("weights", weights, src.ndims(), src.ndims());
        checkRank("dst", dst, 2, 2);
        for (int i = 1; i < src.ndims(); i++) {
            equal("dimension " + i + " of src", src.dim(i), "that of weights", weights.dim(i), src, weights);
        }
        equal("mb of src", src.dim(0), "mb of dst", dst.dim(0), src, dst);
        equal("channels of dst", dst.dim(1), "output channels", weights.dim(0), dst, weights);
        if (bias != null) {
            checkBias(bias, weights.dim(0), weights);
        }
    }

    static void checkMatmul(MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst) {
        checkRank("src", src, 2, Native.MAX_NDIMS);
        int rank = src.ndims();
        checkRank("weights", weights, rank, rank);
        checkRank("dst", dst, rank, rank);
        equal("columns of src", src.dim(rank - 1), "rows of weights", weights.dim(rank - 2), src, weights);
        equal("rows of src", src.dim(rank - 2), "rows of dst", dst.dim(rank - 2), src, dst);
        equal("columns of weights", weights.dim(rank - 1), "columns of dst", dst.dim(rank - 1), weights, dst);
        if (bias != null) {
            checkRank("bias", bias, rank, rank);
        }
    }

    static void checkPooling(MemoryDesc src, MemoryDesc dst, Window window, long[] kernel) {
        checkRank("src", src, 3, 5);
        checkRank("dst", dst, src.ndims(), src.ndims());
        equal("mb of src", src.dim(0), "mb of dst", dst.dim(0), src, dst);
        equal("channels of src", src.dim(1), "channels of dst", dst.dim(1), src, dst);
        Window.checkLength("kernel", kernel, src.ndims() - 2);
        window.check(src, dst, i -> kernel[i]);
    }

    private static void checkBias(MemoryDesc bias, long oc, MemoryDesc weights) {
        checkRank("bias", bias, 1, 1);
        equal("length of bias", bias.dim(0), "output channels", oc, bias, weights);
    }

    private static void equal(
            String name, long value, String otherName, long other, MemoryDesc desc, MemoryDesc otherDesc) {
        if (value != other) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but " + otherName + " is " + other + ": " + desc + ", " + otherDesc);
        }
    }
}
