package dev.gatun.quantize;

import dev.gatun.graph.Node;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.PairLimit;
import dev.gatun.plan.QuantizedLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The int8 weights of all layers, each chosen by the error that they alone cause in the logits, and what is left of the stems' weights. */
final class Weights {
    /** The weights of a layer and how they came about. */
    private record Candidate(String name, WeightMethod method, QuantizedLayer layer, Packed packed) {}

    private final Workbench bench;
    private final Map<String, Candidate> chosen;
    private final Map<String, float[]> stems;
    private final Map<String, Packed> packed = new HashMap<>();

    private Weights(Workbench bench, Map<String, Candidate> chosen, Map<String, float[]> stems) {
        this.bench = bench;
        this.chosen = chosen;
        this.stems = stems;
        chosen.forEach((name, candidate) -> packed.put(name, candidate.packed()));
        stems.forEach((name, weights) -> packed.put(
                name, bench.network().pack(name, weights, bench.folded(name).bias())));
    }

    /** Chooses the weights of all layers and stems. */
    static Weights choose(Workbench bench) {
        List<Node> sampled = bench.topology().graph().nodes().stream()
                .filter(Topology::hasWeights)
                .filter(PatchSampler::takes)
                .toList();
        Map<String, SecondMoments> moments =
                new PatchSampler(bench.network()).sample(bench.workers(), bench.observed(), sampled);
        List<Candidate> candidates = new ArrayList<>();
        for (String name : bench.topology().layers().keySet()) {
            FoldedWeights folded = bench.folded(name);
            for (WeightMethod method : methods(bench)) {
                QuantizedLayer layer = rounded(folded, method, moments.get(name), Topology.limit(bench.node(name)));
                if (layer != null) {
                    Packed packed = bench.network().pack(name, Int8Weights.dequantize(layer), layer.bias());
                    candidates.add(new Candidate(name, method, layer, packed));
                }
            }
        }
        bench.log(
                "choosing the weights of %d layers among %d",
                bench.topology().layers().size(), candidates.size());
        return new Weights(bench, best(bench, candidates), stems(bench, moments));
    }

    private static List<WeightMethod> methods(Workbench bench) {
        return bench.options().search() ? List.of(WeightMethod.values()) : List.of(WeightMethod.MAX_ABS);
    }

    private static @Nullable QuantizedLayer rounded(
            FoldedWeights folded, WeightMethod method, @Nullable SecondMoments moments, PairLimit limit) {
        if (method != WeightMethod.COMPENSATED) {
            return Int8Weights.quantize(folded.weights(), folded.bias(), method, limit);
        }
        return moments == null ? null : new Compensation(moments).round(folded.weights(), folded.bias(), limit);
    }

    private static Map<String, Candidate> best(Workbench bench, List<Candidate> candidates) {
        List<Noise> noises = bench.disturbances(candidates.stream()
                .map(candidate -> new Setting(Map.of(), Map.of(candidate.name(), candidate.packed())))
                .toList());
        Map<String, Integer> best = new LinkedHashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            best.merge(
                    candidates.get(i).name(),
                    i,
                    (old, now) -> noises.get(now).noise() < noises.get(old).noise() ? now : old);
        }
        Map<String, Candidate> chosen = new LinkedHashMap<>();
        best.forEach((name, index) -> chosen.put(name, candidates.get(index)));
        return chosen;
    }

    private static Map<String, float[]> stems(Workbench bench, Map<String, SecondMoments> moments) {
        Map<String, float[]> stems = new HashMap<>();
        for (String name : bench.topology().stems()) {
            SecondMoments known = moments.get(name);
            if (known != null && bench.node(name) instanceof Node.Conv conv) {
                stems.put(
                        name,
                        StemWeights.rounded(
                                conv,
                                bench.folded(name),
                                bench.images().preprocessing().normalization(),
                                known));
            }
        }
        return stems;
    }

    /** The same weights with the biases that keep the means of channels. */
    Weights corrected(LayerErrors errors) {
        Map<String, Candidate> corrected = new LinkedHashMap<>();
        chosen.forEach((name, candidate) -> {
            QuantizedLayer layer = candidate.layer();
            float[] bias = errors.corrected(name, layer.bias());
            corrected.put(
                    name,
                    new Candidate(
                            name,
                            candidate.method(),
                            new QuantizedLayer(layer.weights(), layer.scales(), bias, Topology.limit(bench.node(name))),
                            bench.network().withBias(candidate.packed(), bias)));
        });
        return new Weights(bench, corrected, stems);
    }

    /** Layers and stems that have int8 weights. */
    List<String> names() {
        List<String> names = new ArrayList<>(stems.keySet());
        names.addAll(chosen.keySet());
        return names;
    }

    /** The weights of a layer or stem as a simulation reads them. */
    Packed packed(String name) {
        return Objects.requireNonNull(packed.get(name));
    }

    /** The int8 weights of a layer. */
    QuantizedLayer layer(String name) {
        return Objects.requireNonNull(chosen.get(name)).layer();
    }

    /** The f32 weights that a stem has after rounding. */
    float[] stem(String name) {
        return Objects.requireNonNull(stems.get(name));
    }

    /** What chose the weights of a layer or stem. */
    WeightMethod method(String name) {
        Candidate candidate = chosen.get(name);
        return candidate == null ? WeightMethod.COMPENSATED : candidate.method();
    }
}
