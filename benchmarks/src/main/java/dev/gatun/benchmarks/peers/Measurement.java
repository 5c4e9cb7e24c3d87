package dev.gatun.benchmarks.peers;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of one entrant in one column.
 *
 * @param model name of the variant
 * @param entrant who
 * @param column what
 * @param setup that was fastest, in words
 * @param values milliseconds of each run, or images a second of each turn, ascending
 * @param calm those milliseconds of runs on a core that was alone, ascending; empty where that is not known
 * @param scatter milliseconds of as many runs as long of what only the loss of a CPU holds up, ascending; empty where not measured
 * @param error largest difference of a logit from the reference over the reference's largest logit
 */
record Measurement(
        String model,
        Entrant entrant,
        Column column,
        String setup,
        List<Double> values,
        List<Double> calm,
        List<Double> scatter,
        double error) {
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final int FEWEST = 5;

    /** Sorts the values. */
    Measurement {
        values = values.stream().sorted().toList();
        calm = calm.stream().sorted().toList();
        scatter = scatter.stream().sorted().toList();
    }

    /** Whether enough runs had a core that was alone to say something. */
    boolean hasCalm() {
        return calm.size() >= FEWEST;
    }

    double calmMedian() {
        return Quantiles.of(calm, 0.5);
    }

    /** The 99th percentile over the median, of the runs that had a core that was alone. */
    double calmSpread() {
        return spread(calm);
    }

    /** The 99th percentile over the median, of times. */
    double spread() {
        return spread(values);
    }

    /** The same of what no contestant is to blame for; empty where that was not measured. */
    OptionalDouble blamelessSpread() {
        return scatter.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(spread(scatter));
    }

    private static double spread(List<Double> ascending) {
        return Quantiles.of(ascending, 0.99) / Quantiles.of(ascending, 0.5);
    }

    double median() {
        return Quantiles.of(values, 0.5);
    }

    /** The 90th percentile of times, the 10th of rates: what it is at worst, nearly. */
    double nearlyWorst() {
        return Quantiles.of(values, column.scenario() == Scenario.LATENCY ? 0.9 : 0.1);
    }

    /** The 10th percentile of times, the 90th of rates: what it is while nothing else has the machine. */
    double undisturbed() {
        return Quantiles.of(values, column.scenario() == Scenario.LATENCY ? 0.1 : 0.9);
    }

    /** Images a second where a time or rate is {@code value}. */
    double imagesPerSecond(double value) {
        return column.scenario() == Scenario.LATENCY ? MILLIS_PER_SECOND / value : value;
    }

    /** How many times as fast as {@code other} this is, by what {@code statistic} takes of both. */
    double speedOver(Measurement other, ToDoubleFunction<Measurement> statistic) {
        return imagesPerSecond(statistic.applyAsDouble(this)) / other.imagesPerSecond(statistic.applyAsDouble(other));
    }
}
