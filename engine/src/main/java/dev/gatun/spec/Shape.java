package dev.gatun.spec;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; a scalar has none.
 *
 * @param dims the extents, each at least 0
 */
public record Shape(List<Long> dims) {
    /** Copies and checks the extents. */
    public Shape {
        dims = List.copyOf(dims);
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("shape " + dims + " has a negative extent");
            }
        }
    }

    /** The shape with these extents. */
    public static Shape of(long... dims) {
        Long[] boxed = new Long[dims.length];
        Arrays.setAll(boxed, i -> dims[i]);
        return new Shape(List.of(boxed));
    }

    /** The number of extents. */
    public int rank() {
        return dims.size();
    }

    /** The extent at {@code axis}. */
    public long dim(int axis) {
        return dims.get(axis);
    }

    /** The extent at {@code axis} as an int; fails where it does not fit. */
    public int intDim(int axis) {
        return Math.toIntExact(dims.get(axis));
    }

    /** The number of elements, 1 for a scalar; throws {@link ArithmeticException} where it overflows a long. */
    public long elements() {
        long product = 1;
        for (long dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    /** The extents as an array of its own. */
    public long[] toArray() {
        long[] array = new long[dims.size()];
        Arrays.setAll(array, dims::get);
        return array;
    }

    /* That of the JVM takes milliseconds to make, and the first shapes are compared before the first result. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && dims.equals(shape.dims);
    }

    @Override
    public int hashCode() {
        return dims.hashCode();
    }

    @Override
    public String toString() {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
