package dev.gatun.image;

/** Pillow's antialiased filters (Resample.c): widened by the scale when an image shrinks. */
public enum Interpolation {
    /** Triangle, support 1. */
    BILINEAR(1) {
        @Override
        double weight(double x) {
            double distance = Math.abs(x);
            return distance < 1 ? 1 - distance : 0;
        }
    },
    /** Keys' cubic with a = -0.5, support 2. */
    BICUBIC(2) {
        @Override
        double weight(double x) {
            double distance = Math.abs(x);
            if (distance < 1) {
                return ((CUBIC_A + 2) * distance - (CUBIC_A + 3)) * distance * distance + 1;
            }
            return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * CUBIC_A : 0;
        }
    };

    private static final double CUBIC_A = -0.5;

    private final double support;

    Interpolation(double support) {
        this.support = support;
    }

    /** The distance in source pixels, at scale 1, beyond which the weight is 0. */
    double support() {
        return support;
    }

    abstract double weight(double x);
}
