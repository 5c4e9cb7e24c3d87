package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/** Inputs and comparisons. */
final class Values {
    private Values() {}

    /** Whole numbers from low to high, so small that sums of their products are exact in f32. */
    static double[] integers(long count, int low, int high, long seed) {
        return new Random(seed).ints(count, low, high + 1).asDoubleStream().toArray();
    }

    static double[] reals(long count, double low, double high, long seed) {
        return new Random(seed).doubles(count, low, high).map(v -> (float) v).toArray();
    }

    static double[] map(double[] values, DoubleUnaryOperator f) {
        return DoubleStream.of(values).map(f).toArray();
    }

    /** Compares by absolute error against a fraction of the largest expected magnitude. */
    static void assertClose(double[] actual, double[] expected, double tolerance) {
        double scale = DoubleStream.of(expected).map(Math::abs).max().orElse(0);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            // negated, so that NaN fails
            if (!(Math.abs(actual[i] - expected[i]) <= tolerance * scale)) {
                throw new AssertionError("element " + i + " is " + actual[i] + ", expected " + expected[i] + " within "
                        + tolerance + " of " + scale);
            }
        }
    }
}
