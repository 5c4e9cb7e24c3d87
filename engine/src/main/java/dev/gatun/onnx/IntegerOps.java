package dev.gatun.onnx;

import dev.gatun.onnx.OnnxTensor.Integers;
import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operations on small integer tensors with which exporters compute shapes, pads and axes inside the graph; what they compute does not
 * depend on the images, so it is computed here.
 */
final class IntegerOps {
    private IntegerOps() {}

    static Integers concat(List<Integers> parts, long axis) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("it joins nothing");
        }
        if (axis != 0 && !(axis == -1 && parts.getFirst().shape().rank() == 1)) {
            throw new IllegalArgumentException("it joins integers along axis " + axis + ", expected 0");
        }
        List<Long> all = new ArrayList<>();
        for (Integers part : parts) {
            if (part.shape().rank() != 1) {
                throw new IllegalArgumentException("it joins integers of shape " + part.shape() + ", expected vectors");
            }
            all.addAll(part.list());
        }
        return Integers.of(all.stream().mapToLong(Long::longValue).toArray());
    }

    static Integers gather(Integers data, Integers indices) {
        int count = data.list().size();
        long[] index = indices.values();
        if (data.shape().rank() != 1) {
            throw new IllegalArgumentException(
                    "it picks from integers of shape " + data.shape() + ", expected a vector");
        }
        return data.picked(indices.shape(), i -> {
            long at = index[i] < 0 ? index[i] + count : index[i];
            if (at < 0 || at >= count) {
                throw new IllegalArgumentException("it picks element " + index[i] + " of " + count);
            }
            return (int) at;
        });
    }

    static Integers reshape(Integers data, Integers target) {
        long[] dims = target.values();
        long known = 1;
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0 && i < data.shape().rank()) {
                dims[i] = data.shape().dim(i);
            }
            if (dims[i] == -1 && open < 0) {
                open = i;
            } else if (dims[i] < 0) {
                throw new IllegalArgumentException("it reshapes integers to " + target.list());
            } else {
                known = Math.multiplyExact(known, dims[i]);
            }
        }
        int count = data.list().size();
        if (open >= 0) {
            dims[open] = known == 0 ? 0 : count / known;
        }
        Shape shape = Shape.of(dims);
        if (shape.elements() != count) {
            throw new IllegalArgumentException(
                    "it reshapes integers of shape " + data.shape() + " to " + target.list());
        }
        return new Integers(shape, data.list());
    }

    static Integers transpose(Integers data) {
        if (data.shape().rank() != 2) {
            throw new IllegalArgumentException(
                    "it transposes integers of shape " + data.shape() + ", expected a matrix");
        }
        int rows = data.shape().intDim(0);
        int columns = data.shape().intDim(1);
        return data.picked(Shape.of(columns, rows), i -> i % rows * columns + i / rows);
    }

    /** ONNX's Slice along one axis, a negative step included. */
    static Integers slice(Integers data, long axis, long start, long end, long step) {
        int rank = data.shape().rank();
        int along = (int) (axis < 0 ? axis + rank : axis);
        if (along < 0 || along >= rank || step == 0) {
            throw new IllegalArgumentException(
                    "it slices axis " + axis + " of integers of shape " + data.shape() + " in steps of " + step);
        }
        long extent = data.shape().dim(along);
        long from = clamp(start < 0 ? start + extent : start, 0, step < 0 ? extent - 1 : extent);
        long to = clamp(end < 0 ? addSaturated(end, extent) : end, step < 0 ? -1 : 0, extent);
        long count = Math.max(0, step < 0 ? Math.ceilDiv(from - to, -step) : Math.ceilDiv(to - from, step));
        long[] dims = data.shape().toArray();
        dims[along] = count;
        Shape shape = Shape.of(dims);
        long inner = Arrays.stream(dims).skip(along + 1L).reduce(1, Math::multiplyExact);
        return data.picked(shape, i -> {
            long outer = i / inner / count;
            long at = from + i / inner % count * step;
            return Math.toIntExact((outer * extent + at) * inner + i % inner);
        });
    }

    static Integers flat(Integers data) {
        return new Integers(Shape.of(data.list().size()), data.list());
    }

    /** A scalar where there is one element. */
    static Integers squeezed(Integers data) {
        return data.list().size() == 1 ? new Integers(Shape.of(), data.list()) : flat(data);
    }

    private static long addSaturated(long negative, long extent) {
        return negative < Long.MIN_VALUE / 2 ? negative : negative + extent;
    }

    private static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(value, high));
    }
}
