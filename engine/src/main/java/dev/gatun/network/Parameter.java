package dev.gatun.network;

import dev.gatun.spec.Shape;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Values of a file that an operation reads.
 *
 * @param shape outermost extent first
 * @param values reads them, row-major, into an array of the caller's own, each time anew
 */
public record Parameter(Shape shape, Supplier<float[]> values) {
    /** The same value {@code count} times. */
    public static Parameter filled(int count, float value) {
        return new Parameter(Shape.of(count), () -> {
            float[] values = new float[count];
            Arrays.fill(values, value);
            return values;
        });
    }

    /** The same values as a vector. */
    public Parameter flat() {
        return new Parameter(Shape.of(shape.elements()), values);
    }

    /** These values times {@code factor}. */
    public Parameter times(float factor) {
        return factor == 1
                ? this
                : new Parameter(shape, () -> {
                    float[] scaled = values.get();
                    for (int i = 0; i < scaled.length; i++) {
                        scaled[i] *= factor;
                    }
                    return scaled;
                });
    }

    /** The transpose of this matrix. */
    public Parameter transposed() {
        int rows = shape.intDim(0);
        int columns = shape.intDim(1);
        return new Parameter(Shape.of(columns, rows), () -> {
            float[] stored = values.get();
            float[] transposed = new float[stored.length];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    transposed[j * rows + i] = stored[i * columns + j];
                }
            }
            return transposed;
        });
    }
}
