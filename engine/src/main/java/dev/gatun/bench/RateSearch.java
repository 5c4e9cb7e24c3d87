package dev.gatun.bench;

import java.util.function.DoublePredicate;

/**
 * Bisection for the highest rate that is still borne. A rate is tried until two tries agree, so that something that happens once to the machine
 * decides nothing.
 */
public final class RateSearch {
    /** Tries of a rate at most. */
    public static final int TRIES = 3;

    private RateSearch() {}

    /**
     * Finds it between 0 and {@code ceiling}.
     *
     * @param ceiling a rate that need not be tried beyond, more than 0
     * @param precision of the answer as a share of the ceiling, such as 0.02
     * @param bears tries a rate; true below some rate and false above, more or less
     * @return the highest rate that was tried and borne; 0 if none was
     */
    public static double highest(double ceiling, double precision, DoublePredicate bears) {
        if (!(ceiling > 0 && precision > 0 && precision < 1)) {
            throw new IllegalArgumentException("ceiling " + ceiling + " and precision " + precision
                    + ", expected a ceiling above 0 and a precision between 0 and 1");
        }
        if (mostly(ceiling, bears)) {
            return ceiling;
        }
        double borne = 0;
        double tooMuch = ceiling;
        while (tooMuch - borne > precision * ceiling) {
            double middle = (borne + tooMuch) / 2;
            if (mostly(middle, bears)) {
                borne = middle;
            } else {
                tooMuch = middle;
            }
        }
        return borne;
    }

    /** How many rates {@link #highest} tries at most. */
    public static int rates(double precision) {
        int rates = 1;
        for (double interval = 1; interval > precision; interval /= 2) {
            rates++;
        }
        return rates;
    }

    private static boolean mostly(double rate, DoublePredicate bears) {
        boolean first = bears.test(rate);
        return bears.test(rate) == first ? first : bears.test(rate);
    }
}
