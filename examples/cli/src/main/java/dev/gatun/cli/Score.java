package dev.gatun.cli;

/**
 * How many images were named rightly.
 *
 * @param images that were classified
 * @param top1 whose true class was the most probable one
 * @param top5 whose true class was among the five most probable ones
 * @param unreadable images that were left out
 */
record Score(int images, int top1, int top5, int unreadable) {
    static final Score NONE = new Score(0, 0, 0, 0);
    static final Score UNREADABLE = new Score(0, 0, 0, 1);

    private static final int FIVE = 5;
    private static final double ALL = 100;

    /**
     * The score of one image. Among equal logits the lower index comes first; a logit that is not a number is never right.
     *
     * @param logits of a batch, one image after another
     * @param first index of the image's first logit
     */
    static Score of(float[] logits, int first, int classes, int trueClass) {
        float mine = logits[first + trueClass];
        int better = Float.isNaN(mine) ? classes : 0;
        for (int i = 0; i < classes; i++) {
            float other = logits[first + i];
            better += other > mine || (other == mine && i < trueClass) ? 1 : 0;
        }
        return new Score(1, better == 0 ? 1 : 0, better < FIVE ? 1 : 0, 0);
    }

    Score plus(Score other) {
        return new Score(images + other.images, top1 + other.top1, top5 + other.top5, unreadable + other.unreadable);
    }

    /** Percent of the images whose true class was not the most probable one. */
    double top1Error() {
        return ALL - ALL * top1Accuracy();
    }

    /** Percent of the images whose true class was not among the five most probable ones. */
    double top5Error() {
        return ALL - ALL * top5Accuracy();
    }

    double top1Accuracy() {
        return fraction(top1);
    }

    double top5Accuracy() {
        return fraction(top5);
    }

    private double fraction(int right) {
        return images == 0 ? 0 : (double) right / images;
    }
}
