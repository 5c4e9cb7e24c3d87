package dev.gatun.answers;

/** How alike feature vectors are. */
public final class Similarity {
    private Similarity() {}

    /**
     * The cosine of the angle between two vectors: 1 for the same direction, 0 where they have nothing in common or one is zero.
     *
     * @throws IllegalArgumentException if they are not of the same length
     */
    public static double cosine(float[] first, float[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException(
                    "vectors of " + first.length + " and " + second.length + " elements, expected as many");
        }
        double product = 0;
        double firstSquares = 0;
        double secondSquares = 0;
        for (int i = 0; i < first.length; i++) {
            product += (double) first[i] * second[i];
            firstSquares += (double) first[i] * first[i];
            secondSquares += (double) second[i] * second[i];
        }
        double norms = Math.sqrt(firstSquares) * Math.sqrt(secondSquares);
        return norms == 0 ? 0 : product / norms;
    }
}
