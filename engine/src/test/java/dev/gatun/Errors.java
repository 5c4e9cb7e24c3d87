package dev.gatun;

/** How far results are from what they should be. */
public final class Errors {
    private Errors() {}

    /** The largest absolute error over the largest absolute expected value; NaN never passes for small. */
    public static double relative(float[] found, float[] expected) {
        return relative(found, doubles(expected));
    }

    /** The largest absolute error over the largest absolute expected value; NaN never passes for small. */
    public static double relative(float[] found, double[] expected) {
        return relative(doubles(found), expected);
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The largest absolute error over the largest absolute expected value; NaN never passes for small. */
    public static double relative(double[] found, double[] expected) {
        if (found.length != expected.length) {
            throw new AssertionError("found " + found.length + " values, expected " + expected.length);
        }
        double error = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            error = Math.max(error, Math.abs(found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return error / largest;
    }
}
