package dev.gatun.quantize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/** The grids of all values that may be int8, each chosen by the error that it alone causes in the logits. */
final class Ranges {
    /** Thresholds closer than this are the same. */
    private static final double SAME = 0.005;

    /**
     * A grid and how it came about.
     *
     * @param method that chose it
     * @param grid chosen
     * @param largest magnitude observed
     * @param noise of the logits if this value alone is rounded
     */
    record Range(RangeMethod method, Grid grid, double largest, Noise noise) {}

    private record Candidate(String value, RangeMethod method, Grid grid) {}

    private final Topology topology;
    private final Map<String, Range> chosen;

    private Ranges(Topology topology, Map<String, Range> chosen) {
        this.topology = topology;
        this.chosen = chosen;
    }

    /** Chooses the grids of values. */
    static Ranges choose(Workbench bench, Set<String> values) {
        Topology topology = bench.topology();
        Set<String> own = new LinkedHashSet<>();
        values.forEach(value -> own.add(topology.gridOf(value)));
        Map<String, Histogram> histograms =
                new RangeObserver(bench.network(), bench.workers(), bench.observed()).observe(own);
        List<Candidate> candidates = new ArrayList<>();
        histograms.forEach((value, histogram) -> candidates.addAll(candidates(bench, value, histogram)));
        bench.log("choosing the ranges of %d activations among %d", own.size(), candidates.size());
        List<Noise> noises = bench.disturbances(candidates.stream()
                .map(candidate -> new Setting(Map.of(candidate.value(), candidate.grid()), Map.of()))
                .toList());
        Map<String, Range> chosen = new LinkedHashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            double largest =
                    Objects.requireNonNull(histograms.get(candidate.value())).limit();
            chosen.merge(
                    candidate.value(),
                    new Range(candidate.method(), candidate.grid(), largest, noises.get(i)),
                    (old, now) -> now.noise().noise() < old.noise().noise() ? now : old);
        }
        return new Ranges(topology, chosen);
    }

    private static List<Candidate> candidates(Workbench bench, String value, Histogram histogram) {
        boolean signed = bench.topology().signed(value);
        List<RangeMethod> methods =
                bench.options().search() ? List.of(RangeMethod.values()) : List.of(RangeMethod.MIN_MAX);
        List<Candidate> candidates = new ArrayList<>();
        List<Double> thresholds = new ArrayList<>();
        for (RangeMethod method : methods) {
            double threshold = method.threshold(histogram, signed);
            if (thresholds.stream().noneMatch(other -> Math.abs(other - threshold) <= SAME * other)) {
                thresholds.add(threshold);
                candidates.add(new Candidate(value, method, Grid.upTo(threshold, signed)));
            }
        }
        return candidates;
    }

    /** The grid of a value: its own, or that of the value that it is passed from. */
    Grid grid(String value) {
        return Objects.requireNonNull(chosen.get(topology.gridOf(value))).grid();
    }

    /** The grids of the values that need one where just these layers compute in int8, in order. */
    SequencedMap<String, Grid> grids(Set<String> int8) {
        SequencedMap<String, Grid> grids = new LinkedHashMap<>();
        topology.scaled(int8).forEach(value -> grids.put(value, grid(value)));
        return grids;
    }

    /** What is told of these values, but for those whose grid is another's. */
    List<QuantizationReport.ValueReport> reports(Set<String> values) {
        List<QuantizationReport.ValueReport> reports = new ArrayList<>();
        for (String value : values) {
            if (topology.gridOf(value).equals(value)) {
                Range range = Objects.requireNonNull(chosen.get(value));
                reports.add(new QuantizationReport.ValueReport(
                        value,
                        range.method(),
                        range.grid().scale(),
                        range.grid().signed(),
                        (float) range.largest(),
                        range.noise().decibels()));
            }
        }
        return reports;
    }
}
