package dev.gatun.bench;

import java.util.function.DoublePredicate;

/** Bisection for the highest rate that is still borne. */
public final class RateSearch {
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
        if (bears.test(ceiling)) {
            return ceiling;
        }
        double borne = 0;
        double tooMuch = ceiling;
        while (tooMuch - borne > precision * ceiling) {
            double middle = (borne + tooMuch) / 2;
            if (bears.test(middle)) {
                borne = middle;
            } else {
                tooMuch = middle;
            }
        }
        return borne;
    }
}
