package dev.gatun.weights;

import dev.gatun.spec.Shape;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Where a tensor's elements lie in a file.
 *
 * @param info what the tensor is called and how it is shaped
 * @param position of its first element, in bytes
 * @param strides distance between neighbours along each axis, in elements
 * @param order of the bytes within an element
 */
record RawTensor(TensorInfo info, long position, List<Long> strides, ByteOrder order) {
    /** Copies the strides. */
    RawTensor {
        strides = List.copyOf(strides);
    }

    /** A tensor in row-major order. */
    static RawTensor contiguous(TensorInfo info, long position, ByteOrder order) {
        long[] strides = rowMajor(info.shape().toArray());
        return new RawTensor(info, position, Arrays.stream(strides).boxed().toList(), order);
    }

    /** A view of the same elements whose axis i is axis {@code axes.get(i)} of this. */
    RawTensor permuted(List<Integer> axes) {
        Shape shape = new Shape(axes.stream().map(info.shape()::dim).toList());
        return new RawTensor(
                new TensorInfo(info.name(), info.type(), shape),
                position,
                axes.stream().map(strides::get).toList(),
                order);
    }

    /** Whether the elements follow one another in row-major order; extents of 1 may have any stride. */
    boolean isContiguous() {
        long[] dims = info.shape().toArray();
        long[] expected = rowMajor(dims);
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] > 1 && strides.get(axis) != expected[axis]) {
                return false;
            }
        }
        return true;
    }

    /** Elements from the first to the last inclusive; throws {@link ArithmeticException} on overflow, 0 if there are none. */
    static long span(Shape shape, List<Long> strides) {
        long[] dims = shape.toArray();
        long last = 0;
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] == 0) {
                return 0;
            }
            last = Math.addExact(last, Math.multiplyExact(dims[axis] - 1, strides.get(axis)));
        }
        return Math.addExact(last, 1);
    }

    private static long[] rowMajor(long[] dims) {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(dims[axis], 1);
        }
        return strides;
    }
}
