package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** All that a comparison found, in the order in which it was found. Not thread-safe. */
final class Results {
    private static final double GIGA = 1e9;

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<Contestant, String> about = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private final Map<String, Double> peaks = new LinkedHashMap<>();
    private final Map<String, Long> work = new LinkedHashMap<>();
    private final Map<String, Double> int8Apart = new LinkedHashMap<>();

    /** Facts of the machine and the run, by name. */
    Map<String, String> environment() {
        return environment;
    }

    /** Version and settings of each contestant. */
    Map<Contestant, String> about() {
        return about;
    }

    /** What a core can do at most, in 10^9 multiply-accumulates a second, by precision. */
    Map<String, Double> peaks() {
        return peaks;
    }

    /** Multiply-accumulates of an image, by model. */
    Map<String, Long> work() {
        return work;
    }

    /** How far the int8 answers of the engine and its peer are from each other, over the largest, by model. */
    Map<String, Double> int8Apart() {
        return int8Apart;
    }

    /** Who could not be run, and why. */
    Map<String, String> skipped() {
        return skipped;
    }

    List<Measurement> measurements() {
        return measurements;
    }

    List<String> models() {
        return measurements.stream().map(Measurement::model).distinct().toList();
    }

    List<Column> columns() {
        return measurements.stream().map(Measurement::column).distinct().toList();
    }

    List<Entrant> entrants(String model) {
        return measurements.stream()
                .filter(measurement -> measurement.model().equals(model))
                .map(Measurement::entrant)
                .distinct()
                .toList();
    }

    Optional<Measurement> find(String model, Entrant entrant, Column column) {
        return measurements.stream()
                .filter(measurement -> measurement.model().equals(model)
                        && measurement.entrant().equals(entrant)
                        && measurement.column().equals(column))
                .findFirst();
    }

    /** What share of the peak of its cores a measurement reaches with a time or rate; empty if a peak or the work is unknown. */
    OptionalDouble shareOfPeak(Measurement measurement, double value) {
        Double peak = peaks.get(measurement.entrant().precision());
        Long macs = work.get(measurement.model());
        return peak == null || macs == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(macs
                        * measurement.imagesPerSecond(value)
                        / (GIGA * peak * measurement.column().threads()));
    }

    /** In words, the answers that are farther from the reference, or int8 answers from each other, than their precision explains. */
    List<String> disagreements() {
        return Stream.concat(
                        measurements.stream()
                                .filter(one -> !Agreement.holds(one.entrant().precision(), one.error()))
                                .map(one -> one.model() + ", " + one.entrant() + " differs by " + one.error()),
                        int8Apart.entrySet().stream()
                                .filter(model -> !Agreement.int8Holds(model.getValue()))
                                .map(model -> model.getKey() + ", int8 answers differ by " + model.getValue()))
                .toList();
    }
}
