package dev.gatun.answers;

import java.util.Objects;

/**
 * What several models, or one that looks at several crops or scales, think of one image together: the mean of their probabilities
 * (Krizhevsky et al. 2012; He et al. 2016) or of their logits. Belongs to one thread at a time.
 */
public final class Consensus {
    private final double[] sums;
    private final Averaging averaging;
    private int opinions;

    /** Of probabilities, without an opinion yet. */
    public Consensus(int classes) {
        this(classes, Averaging.PROBABILITIES);
    }

    /** Without an opinion yet. */
    public Consensus(int classes, Averaging averaging) {
        if (classes < 1) {
            throw new IllegalArgumentException(classes + " classes, expected at least one");
        }
        this.sums = new double[classes];
        this.averaging = averaging;
    }

    /**
     * Adds an opinion.
     *
     * @param logits holds one for each class, before softmax
     * @param first index of the first of them
     * @throws IndexOutOfBoundsException if there are not as many
     */
    public void add(float[] logits, int first) {
        Objects.checkFromIndexSize(first, sums.length, logits.length);
        switch (averaging) {
            case PROBABILITIES -> addProbabilities(logits, first);
            case LOGITS -> addLogits(logits, first);
        }
        opinions++;
    }

    private void addLogits(float[] logits, int first) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += logits[first + i];
        }
    }

    private void addProbabilities(float[] logits, int first) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < sums.length; i++) {
            max = Math.max(max, logits[first + i]);
        }
        double[] powers = new double[sums.length];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            powers[i] = Math.exp(logits[first + i] - max);
            sum += powers[i];
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += powers[i] / sum;
        }
    }

    /**
     * The mean logits, or the logarithms of the mean probabilities, which are logits of the same probabilities; not a number where an opinion
     * was none.
     *
     * @throws IllegalStateException if there is no opinion
     */
    public float[] logits() {
        if (opinions == 0) {
            throw new IllegalStateException("no opinion has been added");
        }
        float[] logits = new float[sums.length];
        for (int i = 0; i < logits.length; i++) {
            double mean = sums[i] / opinions;
            logits[i] = (float)
                    switch (averaging) {
                        case PROBABILITIES -> Math.log(mean < Double.MIN_NORMAL ? Double.MIN_NORMAL : mean);
                        case LOGITS -> mean;
                    };
        }
        return logits;
    }
}
