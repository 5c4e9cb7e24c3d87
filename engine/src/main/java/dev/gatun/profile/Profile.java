package dev.gatun.profile;

import dev.gatun.onednn.DataType;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Where the time of a run goes. Immutable.
 *
 * @param batch images of a run
 * @param threads of a run
 * @param runs that were measured
 * @param runNanos of a whole run that nobody looks into, the median
 * @param layers in the order of the plan
 * @param peaks of one core for every type that a layer multiplies in
 * @param bandwidth of one core
 */
public record Profile(
        long batch,
        int threads,
        int runs,
        double runNanos,
        List<LayerProfile> layers,
        Map<DataType, Peak> peaks,
        ReadBandwidth bandwidth) {
    /** Copies the lists. */
    public Profile {
        layers = List.copyOf(layers);
        peaks = Map.copyOf(peaks);
    }

    /** Multiply-accumulates of a run. */
    public long macs() {
        return layers.stream().mapToLong(layer -> layer.cost().macs()).sum();
    }

    /** The layers' times added up: {@link #runNanos} but for what waiting after every layer costs, or spares. */
    public double layerNanos() {
        return layers.stream().mapToDouble(LayerProfile::nanos).sum();
    }

    /** The layers' bounds added up: no run is faster unless layers share what they read; empty if the machine's limits are unknown. */
    public OptionalDouble boundNanos() {
        return layers.stream().anyMatch(layer -> layer.boundNanos().isEmpty())
                ? OptionalDouble.empty()
                : OptionalDouble.of(layers.stream()
                        .mapToDouble(layer -> layer.boundNanos().orElse(0))
                        .sum());
    }
}
