package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.onednn.AmxGuard;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.Quantization;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.WeightSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Quantises a trained network to int8 with nothing but images: ranges of activations and scales of weights are chosen for each by the error that
 * they cause in the logits of images held out, biases are corrected where that helps, and the layers that cost most stay in float until a bar is
 * reached.
 */
public final class Quantizer {
    /** Memory for the values of a simulation. */
    private static final long SIMULATION_BYTES = 64L << 20;

    private static final int LARGEST_BATCH = 16;

    private final Workbench bench;
    private final Topology topology;

    /**
     * What comes out.
     *
     * @param network quantised
     * @param report of how
     */
    public record Result(QuantizedNetwork network, QuantizationReport report) {}

    private Quantizer(Workbench bench) {
        this.bench = bench;
        this.topology = bench.topology();
    }

    /**
     * Quantises a network.
     *
     * @param graph as built or fused, from images to logits
     * @param parameters row-major values by the names of {@link Graph#parameters()}
     * @throws IllegalArgumentException if the graph does not end in logits alone, cannot take such images, or overflows
     * @throws IllegalStateException if the calling thread is virtual or is interrupted
     */
    public static Result quantize(
            Graph graph, Function<String, float[]> parameters, CalibrationImages images, QuantizeOptions options) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a network is quantised on platform threads only: hand it to one");
        }
        AmxGuard.apply();
        Graph fused = Passes.fuse(graph);
        int callersThreads = OneDnn.maxThreads();
        // Primitives are made for the team size of the thread that makes them.
        OneDnn.setThreads(1);
        try (NativeStack owned = new NativeStack()) {
            int batch = batch(fused, images);
            NodeNetwork network =
                    owned.push(new NodeNetwork(fused, parameters, batch, images.height(), images.width()));
            Workers workers = owned.push(new Workers(network, images, batch, options.threads()));
            Workbench bench = new Workbench(new Topology(fused), parameters, images, network, workers, options);
            return new Quantizer(bench).run();
        } finally {
            OneDnn.restoreThreads(callersThreads);
        }
    }

    private static int batch(Graph graph, CalibrationImages images) {
        long values = graph.shapes(1, images.height(), images.width()).values().stream()
                .mapToLong(Shape::elements)
                .sum();
        return Math.clamp(SIMULATION_BYTES / (values * Float.BYTES), 1, LARGEST_BATCH);
    }

    private Result run() {
        Set<String> all = new LinkedHashSet<>(topology.stems());
        all.addAll(topology.layers().keySet());
        bench.log(
                "observing %d images, judging by %d",
                bench.observed().size(), bench.judged().size());
        Ranges ranges = Ranges.choose(bench, topology.scaled(all));
        Weights chosen = Weights.choose(bench);
        Set<String> int8 = new LinkedHashSet<>(chosen.names());
        bench.log("measuring layers");
        LayerErrors errors = LayerErrors.measure(
                bench.network(),
                bench.workers(),
                bench.observed(),
                List.copyOf(topology.layers().values()),
                setting(int8, ranges, chosen));
        Weights corrected = chosen.corrected(errors);
        boolean correct = error(setting(int8, ranges, corrected)) < error(setting(int8, ranges, chosen));
        Weights weights = correct ? corrected : chosen;
        Map<String, Noise> alone = alone(all, int8, ranges, weights);
        Score score = fallBack(int8, ranges, weights, alone);
        return new Result(
                network(all, int8, ranges, weights, errors),
                new QuantizationReport(
                        bench.observed().size(),
                        bench.judged().size(),
                        bench.options().bar(),
                        score.agreement(),
                        score.noise().decibels(),
                        correct,
                        ranges.reports(topology.scaled(int8)),
                        layerReports(all, int8, weights, errors, alone)));
    }

    private Setting setting(Set<String> int8, Ranges ranges, Weights weights) {
        Map<String, Packed> packed = new HashMap<>();
        int8.forEach(name -> packed.put(name, weights.packed(name)));
        return new Setting(ranges.grids(int8), packed);
    }

    private double error(Setting setting) {
        return bench.score(setting).noise().noise();
    }

    /** The noise of the logits if one layer alone, with its source, is int8; none for a stem that cannot be. */
    private Map<String, Noise> alone(Set<String> all, Set<String> int8, Ranges ranges, Weights weights) {
        List<String> names = List.copyOf(int8);
        List<Noise> noises = bench.disturbances(names.stream()
                .map(name -> {
                    String source = bench.node(name).sources().getFirst();
                    Map<String, Grid> grids =
                            topology.stems().contains(name) ? Map.of() : Map.of(source, ranges.grid(source));
                    return new Setting(grids, Map.of(name, weights.packed(name)));
                })
                .toList());
        Map<String, Noise> alone = new LinkedHashMap<>();
        all.forEach(name -> alone.put(name, Noise.NONE));
        for (int i = 0; i < names.size(); i++) {
            alone.put(names.get(i), noises.get(i));
        }
        return alone;
    }

    /** Takes the worst layers out of {@code int8} until the bar is reached. */
    private Score fallBack(Set<String> int8, Ranges ranges, Weights weights, Map<String, Noise> alone) {
        List<String> worstFirst = int8.stream()
                .sorted(Comparator.comparingDouble((String name) ->
                                Objects.requireNonNull(alone.get(name)).noise())
                        .reversed())
                .toList();
        int next = 0;
        while (true) {
            Score score = bench.score(setting(int8, ranges, weights));
            bench.log(
                    "%d of %d layers in int8: logits at %.1f dB, %d of %d images agree with f32",
                    int8.size(), alone.size(), score.noise().decibels(), score.agreeing(), score.images());
            if (bench.options().bar().reachedBy(score) || next == worstFirst.size()) {
                return score;
            }
            int8.remove(worstFirst.get(next++));
        }
    }

    private QuantizedNetwork network(
            Set<String> all, Set<String> int8, Ranges ranges, Weights weights, LayerErrors errors) {
        Map<String, QuantizedLayer> layers = new HashMap<>();
        Map<String, float[]> floats = new HashMap<>();
        Map<String, Float> sums = new HashMap<>();
        for (String name : all) {
            boolean stem = topology.stems().contains(name);
            if (!stem && int8.contains(name)) {
                layers.put(name, weights.layer(name));
            } else {
                FoldedWeights folded = bench.folded(name);
                float[] values = stem && int8.contains(name) ? weights.stem(name) : folded.weights();
                floats.put(name + ".weight", values);
                floats.put(name + ".bias", folded.bias());
            }
            if (!stem
                    && bench.node(name) instanceof Node.Conv conv
                    && conv.epilogue().residual() != null) {
                sums.put(name, errors.largestSum(name));
            }
        }
        Map<String, Float> scales = new HashMap<>();
        ranges.grids(int8).forEach((value, grid) -> scales.put(value, grid.scale()));
        boolean stem = !topology.stems().isEmpty() && int8.containsAll(topology.stems());
        Quantization quantization = new Quantization(scales, layers, stem);
        Graph folded = FoldedGraph.of(topology.graph());
        List<TensorSpec> stored = folded.parameters().stream()
                .filter(parameter -> floats.containsKey(parameter.name()))
                .toList();
        WeightSet parameters = WeightSet.of(
                "the quantiser", stored, name -> Objects.requireNonNull(floats.get(name)), Optional::empty);
        return new QuantizedNetwork(folded, quantization, parameters, sums);
    }

    private List<QuantizationReport.LayerReport> layerReports(
            Set<String> all, Set<String> int8, Weights weights, LayerErrors errors, Map<String, Noise> alone) {
        List<QuantizationReport.LayerReport> reports = new ArrayList<>();
        for (String name : all) {
            boolean stem = topology.stems().contains(name);
            reports.add(new QuantizationReport.LayerReport(
                    name,
                    int8.contains(name),
                    weights.method(name),
                    stem ? Double.NaN : errors.noise(name).decibels(),
                    Objects.requireNonNull(alone.get(name)).decibels()));
        }
        return reports;
    }
}
