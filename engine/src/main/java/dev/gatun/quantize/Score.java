package dev.gatun.quantize;

/**
 * How a simulated network compares with f32.
 *
 * @param images that were computed
 * @param agreeing those with the same top class
 * @param noise of their logits
 */
record Score(int images, int agreeing, Noise noise) {
    static final Score NONE = new Score(0, 0, Noise.NONE);

    /** Of the first {@code images} rows of [batch, classes]. */
    static Score of(float[] expected, float[] actual, int images, int classes) {
        int agreeing = 0;
        for (int i = 0; i < images; i++) {
            agreeing += top(expected, i * classes, classes) == top(actual, i * classes, classes) ? 1 : 0;
        }
        return new Score(images, agreeing, Noise.of(expected, actual, images * classes));
    }

    private static int top(float[] values, int from, int count) {
        int top = from;
        for (int i = from; i < from + count; i++) {
            if (values[i] > values[top]) {
                top = i;
            }
        }
        return top - from;
    }

    Score plus(Score other) {
        return new Score(images + other.images, agreeing + other.agreeing, noise.plus(other.noise));
    }

    double agreement() {
        return (double) agreeing / images;
    }
}
