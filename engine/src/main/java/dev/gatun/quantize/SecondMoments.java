package dev.gatun.quantize;

/** The means of the products of all pairs of a layer's inputs, from a sample. Not thread-safe. */
final class SecondMoments {
    private final int size;
    private final float[][] sums;

    /**
     * Of so many inputs.
     *
     * @param size inputs of one output
     */
    SecondMoments(int size) {
        this.size = size;
        this.sums = new float[size][];
        for (int i = 0; i < size; i++) {
            sums[i] = new float[i + 1];
        }
    }

    int size() {
        return size;
    }

    /** Adds rows of inputs, {@link #size} each. */
    void add(float[] rows) {
        for (int from = 0; from < rows.length; from += size) {
            for (int i = 0; i < size; i++) {
                float value = rows[from + i];
                if (value != 0) {
                    add(sums[i], rows, from, value);
                }
            }
        }
    }

    private static void add(float[] to, float[] rows, int from, float value) {
        for (int j = 0; j < to.length; j++) {
            to[j] += value * rows[from + j];
        }
    }

    /** The lower triangle, a row up to its diagonal each, in an array of its own. */
    double[][] matrix() {
        double[][] matrix = new double[size][];
        for (int i = 0; i < size; i++) {
            matrix[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = sums[i][j];
            }
        }
        return matrix;
    }
}
