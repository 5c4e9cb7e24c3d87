package dev.gatun.quantize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Looks at the values of a network in two passes over images: how large they get, then how often they are how large. */
final class RangeObserver {
    private final NodeNetwork network;
    private final Workers workers;
    private final List<Integer> images;

    /**
     * An observer.
     *
     * @param images that are looked at
     */
    RangeObserver(NodeNetwork network, Workers workers, List<Integer> images) {
        this.network = network;
        this.workers = workers;
        this.images = images;
    }

    /**
     * How the values of these names are spread.
     *
     * @throws IllegalArgumentException if one of them overflows
     */
    Map<String, Histogram> observe(Set<String> values) {
        Map<String, Float> limits = new HashMap<>();
        workers.forEach(
                images,
                (simulation, batch) -> limits(simulation, values, batch.size()),
                part -> part.forEach((name, largest) -> limits.merge(name, largest, Math::max)));
        limits.forEach((name, largest) -> {
            if (!Float.isFinite(largest)) {
                throw new IllegalArgumentException(name + " puts out " + largest
                        + " for a calibration image, expected finite values: do the weights fit the network?");
            }
        });
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        values.forEach(name -> histograms.put(name, new Histogram(Objects.requireNonNull(limits.get(name)))));
        workers.forEach(
                images,
                (simulation, batch) -> histograms(simulation, limits, batch.size()),
                part -> part.forEach((name, histogram) ->
                        Objects.requireNonNull(histograms.get(name)).add(histogram)));
        return histograms;
    }

    private Map<String, Float> limits(Simulation simulation, Set<String> values, int count) {
        simulation.runReference(Simulation.Tap.NONE);
        Map<String, Float> limits = new HashMap<>();
        Elements elements = new Elements();
        for (String name : values) {
            elements.visit(
                    simulation.reference(name),
                    elements(name, count),
                    (block, length) -> limits.merge(name, Histogram.largest(block, length), Math::max));
        }
        return limits;
    }

    private Map<String, Histogram> histograms(Simulation simulation, Map<String, Float> limits, int count) {
        simulation.runReference(Simulation.Tap.NONE);
        Map<String, Histogram> histograms = new HashMap<>();
        Elements elements = new Elements();
        limits.forEach((name, limit) -> {
            Histogram histogram = new Histogram(limit);
            elements.visit(simulation.reference(name), elements(name, count), histogram::add);
            histograms.put(name, histogram);
        });
        return histograms;
    }

    private long elements(String name, int count) {
        return network.shape(name).elements() / network.shape(name).dim(0) * count;
    }
}
