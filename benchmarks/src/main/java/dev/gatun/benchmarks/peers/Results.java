package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that a comparison found, in the order in which it was found. Not thread-safe. */
final class Results {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<Contestant, String> about = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private final List<Measurement> measurements = new ArrayList<>();

    /** Facts of the machine and the run, by name. */
    Map<String, String> environment() {
        return environment;
    }

    /** Version and settings of each contestant. */
    Map<Contestant, String> about() {
        return about;
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

    /** The fastest measurement of {@code column} that is of this project, or is not, in {@code precision}. */
    Optional<Measurement> fastest(String model, Column column, String precision, boolean ours) {
        return measurements.stream()
                .filter(measurement -> measurement.model().equals(model)
                        && measurement.column().equals(column)
                        && measurement.entrant().precision().equals(precision)
                        && (measurement.entrant().contestant() == Contestant.GATUN) == ours)
                .max(Comparator.comparingDouble(measurement ->
                        column.scenario() == Scenario.LATENCY ? -measurement.median() : measurement.median()));
    }

    /** Those whose answers are farther from the reference than their precision explains. */
    List<Measurement> disagreements() {
        return measurements.stream()
                .filter(measurement -> !Agreement.holds(measurement.entrant().precision(), measurement.error()))
                .toList();
    }
}
