package dev.gatun.quantize;

/**
 * What a quantised network must reach on calibration images that it was not fitted to.
 *
 * @param agreement share of images whose top class is that of f32, 0 to 1
 * @param decibels ratio of the logits of f32 to their error
 */
public record Bar(double agreement, double decibels) {
    /** Of 100 images 97 the same, and an error of a tenth of the logits. */
    public static final Bar DEFAULT = new Bar(0.97, 20);

    /** Checks the numbers. */
    public Bar {
        if (!(agreement >= 0 && agreement <= 1)) {
            throw new IllegalArgumentException("agreement is " + agreement + ", expected 0 to 1");
        }
        if (!Double.isFinite(decibels)) {
            throw new IllegalArgumentException("decibels is " + decibels + ", expected a number");
        }
    }

    /** Whether a score reaches it. */
    boolean reachedBy(Score score) {
        return score.agreement() >= agreement && score.noise().decibels() >= decibels;
    }
}
