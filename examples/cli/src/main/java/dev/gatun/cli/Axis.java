package dev.gatun.cli;

import java.math.BigDecimal;
import java.math.MathContext;

/** Where the ticks of a chart go. */
final class Axis {
    private static final double[] ROUND = {1, 2, 5, 10};

    private Axis() {}

    /** The smallest step of 1, 2 or 5 times a power of ten that goes into {@code length} at most {@code ticks} times. */
    static double step(double length, int ticks) {
        double least = length / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double round : ROUND) {
            if (round * power >= least) {
                return round * power;
            }
        }
        return 10 * power;
    }

    /** A number without the digits that rounding errors add. */
    static String label(double value) {
        return value == 0
                ? "0"
                : new BigDecimal(value, new MathContext(3)).stripTrailingZeros().toPlainString();
    }
}
