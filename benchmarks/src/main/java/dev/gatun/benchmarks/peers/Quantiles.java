package dev.gatun.benchmarks.peers;

import java.util.List;

/** Quantiles of the nearest rank. */
final class Quantiles {
    private Quantiles() {}

    /** The {@code q}-quantile of ascending values. */
    static double of(List<Double> ascending, double q) {
        return ascending.get((int) Math.round(q * (ascending.size() - 1)));
    }
}
