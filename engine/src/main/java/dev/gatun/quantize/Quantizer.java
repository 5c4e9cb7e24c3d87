package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphCost;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.onednn.AmxGuard;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.plan.Quantization;
import dev.gatun.plan.QuantizedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Quantises a trained network to int8 with nothing but images: ranges of activations and scales of weights are chosen for each by the error that
 * they cause in the logits of images held out, biases are corrected, and layers that cost too much stay in float.
 */
public final class Quantizer {
    /** Of so many calibration images one is held out to judge by. */
    private static final int HELD_OUT = 3;

    /** Multiply-accumulates that a choice may cost: 8 images of a ResNet-50, which a thread does in half a second. */
    private static final double CHOICE_WORK = 32e9;

    private static final int FEWEST_PER_CHOICE = 8;
    private static final int MOST_PER_CHOICE = 256;

    /** Memory for the values of a simulation. */
    private static final long SIMULATION_BYTES = 64L << 20;

    private static final int LARGEST_BATCH = 16;

    /** Thresholds closer than this are the same. */
    private static final double SAME = 0.005;

    private final Topology topology;
    private final Function<String, float[]> parameters;
    private final CalibrationImages images;
    private final QuantizeOptions options;
    private final NodeNetwork network;
    private final Workers workers;
    private final List<Integer> observed;
    private final List<Integer> judged;
    private final List<Integer> chosenBy;

    /**
     * What comes out.
     *
     * @param network quantised
     * @param report of how
     */
    public record Result(QuantizedNetwork network, QuantizationReport report) {}

    private record RangeChoice(RangeMethod method, Grid grid, double largest, Noise noise) {}

    private record WeightChoice(WeightMethod method, QuantizedLayer layer, Packed packed) {}

    private Quantizer(
            Topology topology,
            Function<String, float[]> parameters,
            CalibrationImages images,
            QuantizeOptions options,
            NodeNetwork network,
            Workers workers) {
        this.topology = topology;
        this.parameters = parameters;
        this.images = images;
        this.options = options;
        this.network = network;
        this.workers = workers;
        this.judged = IntStream.range(0, images.size()).filter(i -> i % HELD_OUT == HELD_OUT - 1).boxed().toList();
        this.observed = IntStream.range(0, images.size()).filter(i -> i % HELD_OUT != HELD_OUT - 1).boxed().toList();
        double work = GraphCost.of(topology.graph(), images.height(), images.width()).multiplyAccumulates();
        int few = (int) Math.clamp(CHOICE_WORK / work, FEWEST_PER_CHOICE, MOST_PER_CHOICE);
        this.chosenBy = judged.subList(0, Math.min(few, judged.size()));
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
            NodeNetwork network = owned.push(
                    new NodeNetwork(fused, parameters, batch, images.height(), images.width()));
            network.logits();
            Workers workers = owned.push(new Workers(network, images, batch, options.threads()));
            return new Quantizer(new Topology(fused), parameters, images, options, network, workers).run();
        } finally {
            OneDnn.setThreads(callersThreads);
        }
    }

    private static int batch(Graph graph, CalibrationImages images) {
        long bytes = graph.shapes(1, images.height(), images.width()).values().stream()
                        .mapToLong(shape -> shape.elements())
                        .sum()
                * Float.BYTES;
        return (int) Math.clamp(SIMULATION_BYTES / bytes, 1, LARGEST_BATCH);
    }

    private Result run() {
        Set<String> all = new LinkedHashSet<>(topology.stems());
        all.addAll(topology.layers().keySet());
        options.log().accept(String.format(
                Locale.ROOT, "observing %d images, judging by %d", observed.size(), judged.size()));
        Map<String, RangeChoice> ranges = ranges(topology.scaled(all));
        Map<String, SecondMoments> moments = moments(all);
        Map<String, WeightChoice> weights = weights(moments);
        Map<String, float[]> stems = stems(moments);
        Map<String, Packed> packed = packed(weights, stems);
        Setting everything = setting(all, ranges, packed);
        options.log().accept("measuring layers");
        LayerErrors errors = LayerErrors.measure(
                network, workers, observed, List.copyOf(topology.layers().values()), everything);
        Map<String, QuantizedLayer> corrected = corrected(weights, errors);
        Map<String, Packed> correctedWeights = new HashMap<>(packed);
        corrected.forEach((name, layer) -> correctedWeights.merge(
                name, correctedWeights.get(name), (old, _) -> network.withBias(old, layer.bias())));
        Setting everythingCorrected = setting(all, ranges, correctedWeights);
        boolean correct = Candidates.score(network, workers, judged, everythingCorrected)
                        .noise()
                        .noise()
                < Candidates.score(network, workers, judged, everything).noise().noise();
        Map<String, Packed> effective = correct ? correctedWeights : packed;
        Map<String, Noise> alone = alone(all, ranges, effective);
        Set<String> int8 = new LinkedHashSet<>(all);
        Score score = fallBack(int8, ranges, effective, alone);
        return result(int8, ranges, weights, stems, correct ? corrected : Map.of(), errors, alone, score);
    }

    private Map<String, RangeChoice> ranges(Set<String> scaled) {
        List<String> own =
                scaled.stream().filter(name -> topology.gridOf(name).equals(name)).toList();
        Map<String, Histogram> histograms =
                new RangeObserver(network, workers, observed).observe(new LinkedHashSet<>(own));
        List<String> names = new ArrayList<>();
        List<RangeMethod> methods = new ArrayList<>();
        List<Setting> settings = new ArrayList<>();
        for (String name : own) {
            Histogram histogram = Objects.requireNonNull(histograms.get(name));
            List<Double> thresholds = new ArrayList<>();
            for (RangeMethod method : RangeMethod.values()) {
                double threshold = method.threshold(histogram, topology.signed(name));
                if (thresholds.stream().noneMatch(other -> Math.abs(other - threshold) <= SAME * other)) {
                    thresholds.add(threshold);
                    names.add(name);
                    methods.add(method);
                    settings.add(new Setting(Map.of(name, Grid.upTo(threshold, topology.signed(name))), Map.of()));
                }
            }
        }
        options.log().accept(String.format(
                Locale.ROOT,
                "choosing the ranges of %d activations among %d by %d images",
                own.size(),
                settings.size(),
                chosenBy.size()));
        List<Noise> noises = Candidates.measure(network, workers, chosenBy, settings);
        Map<String, RangeChoice> best = new LinkedHashMap<>();
        for (int i = 0; i < settings.size(); i++) {
            String name = names.get(i);
            RangeChoice choice = new RangeChoice(
                    methods.get(i),
                    Objects.requireNonNull(settings.get(i).grids().get(name)),
                    Objects.requireNonNull(histograms.get(name)).limit(),
                    noises.get(i));
            best.merge(name, choice, (old, now) -> now.noise().noise() < old.noise().noise() ? now : old);
        }
        return best;
    }

    private Map<String, SecondMoments> moments(Set<String> layers) {
        return new PatchSampler(network)
                .sample(
                        workers,
                        observed,
                        layers.stream()
                                .map(topology.graph()::node)
                                .filter(PatchSampler::takes)
                                .toList());
    }

    private Map<String, WeightChoice> weights(Map<String, SecondMoments> moments) {
        List<String> names = new ArrayList<>();
        List<WeightChoice> choices = new ArrayList<>();
        List<Setting> settings = new ArrayList<>();
        topology.layers().forEach((name, node) -> {
            FoldedWeights folded = Topology.folded(node, parameters);
            for (WeightMethod method : WeightMethod.values()) {
                SecondMoments known = moments.get(name);
                if (method == WeightMethod.COMPENSATED && known == null) {
                    continue;
                }
                QuantizedLayer layer = method == WeightMethod.COMPENSATED
                        ? new Compensation(known).round(folded.weights(), folded.bias(), ones(known.size()))
                        : Int8Weights.quantize(folded.weights(), folded.bias(), method);
                Packed packed = network.pack(name, Int8Weights.dequantize(layer), layer.bias());
                names.add(name);
                choices.add(new WeightChoice(method, layer, packed));
                settings.add(new Setting(Map.of(), Map.of(name, packed)));
            }
        });
        options.log().accept(String.format(
                Locale.ROOT, "choosing the weights of %d layers by %d images", topology.layers().size(), chosenBy.size()));
        List<Noise> noises = Candidates.measure(network, workers, chosenBy, settings);
        Map<String, Integer> best = new LinkedHashMap<>();
        for (int i = 0; i < settings.size(); i++) {
            best.merge(names.get(i), i, (old, now) -> noises.get(now).noise() < noises.get(old).noise() ? now : old);
        }
        Map<String, WeightChoice> chosen = new LinkedHashMap<>();
        best.forEach((name, index) -> chosen.put(name, choices.get(index)));
        return chosen;
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** What the weights of the stems are after rounding. */
    private Map<String, float[]> stems(Map<String, SecondMoments> moments) {
        Map<String, float[]> stems = new HashMap<>();
        for (String name : topology.stems()) {
            SecondMoments known = moments.get(name);
            if (known != null && topology.graph().node(name) instanceof Node.Conv conv) {
                stems.put(
                        name,
                        StemWeights.rounded(
                                conv,
                                Topology.folded(conv, parameters),
                                images.preprocessing().normalization(),
                                known));
            }
        }
        return stems;
    }

    /** The int8 weights of all layers and stems. */
    private Map<String, Packed> packed(Map<String, WeightChoice> weights, Map<String, float[]> stems) {
        Map<String, Packed> packed = new HashMap<>();
        weights.forEach((name, choice) -> packed.put(name, choice.packed()));
        stems.forEach((name, weight) -> packed.put(
                name,
                network.pack(
                        name,
                        weight,
                        Topology.folded(topology.graph().node(name), parameters).bias())));
        return packed;
    }

    private static Map<String, QuantizedLayer> corrected(Map<String, WeightChoice> weights, LayerErrors errors) {
        Map<String, QuantizedLayer> corrected = new HashMap<>();
        weights.forEach((name, choice) -> {
            QuantizedLayer layer = choice.layer();
            corrected.put(
                    name,
                    new QuantizedLayer(layer.weights(), layer.scales(), errors.corrected(name, layer.bias())));
        });
        return corrected;
    }

    private Setting setting(Set<String> int8, Map<String, RangeChoice> ranges, Map<String, Packed> weights) {
        Map<String, Grid> grids = new HashMap<>();
        for (String value : topology.scaled(int8)) {
            grids.put(value, Objects.requireNonNull(ranges.get(topology.gridOf(value))).grid());
        }
        Map<String, Packed> used = new HashMap<>(weights);
        used.keySet().retainAll(int8);
        return new Setting(grids, used);
    }

    /** The noise of the logits if one layer alone, with its source, is int8. */
    private Map<String, Noise> alone(Set<String> layers, Map<String, RangeChoice> ranges, Map<String, Packed> weights) {
        List<String> names = List.copyOf(layers);
        List<Setting> settings = new ArrayList<>();
        for (String name : names) {
            String source = topology.graph().node(name).sources().getFirst();
            RangeChoice range = topology.stems().contains(name) ? null : ranges.get(topology.gridOf(source));
            settings.add(new Setting(
                    range == null ? Map.of() : Map.of(source, range.grid()),
                    Map.of(name, Objects.requireNonNull(weights.get(name)))));
        }
        List<Noise> noises = Candidates.measure(network, workers, chosenBy, settings);
        Map<String, Noise> alone = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            alone.put(names.get(i), noises.get(i));
        }
        return alone;
    }

    /** Takes the worst layers out of {@code int8} until the bar is reached. */
    private Score fallBack(
            Set<String> int8, Map<String, RangeChoice> ranges, Map<String, Packed> weights, Map<String, Noise> alone) {
        List<String> worstFirst = int8.stream()
                .sorted(Comparator.comparingDouble(
                        (String name) -> -Objects.requireNonNull(alone.get(name)).noise()))
                .toList();
        int next = 0;
        while (true) {
            Score score = Candidates.score(network, workers, judged, setting(int8, ranges, weights));
            options.log().accept(String.format(
                    Locale.ROOT,
                    "%d of %d layers in int8: logits at %.1f dB, %d of %d images agree with f32",
                    int8.size(),
                    worstFirst.size(),
                    score.noise().decibels(),
                    score.agreeing(),
                    score.images()));
            if (options.bar().reachedBy(score) || next == worstFirst.size()) {
                return score;
            }
            int8.remove(worstFirst.get(next++));
        }
    }

    private Result result(
            Set<String> int8,
            Map<String, RangeChoice> ranges,
            Map<String, WeightChoice> weights,
            Map<String, float[]> stems,
            Map<String, QuantizedLayer> corrected,
            LayerErrors errors,
            Map<String, Noise> alone,
            Score score) {
        Map<String, QuantizedLayer> layers = new HashMap<>();
        Map<String, float[]> floats = new HashMap<>();
        Map<String, Float> sums = new HashMap<>();
        List<QuantizationReport.LayerReport> layerReports = new ArrayList<>();
        List<String> names = new ArrayList<>(topology.stems());
        names.addAll(topology.layers().keySet());
        for (String name : names) {
            boolean stem = topology.stems().contains(name);
            WeightChoice choice = weights.get(name);
            if (!stem && choice != null && int8.contains(name)) {
                layers.put(name, corrected.getOrDefault(name, choice.layer()));
            } else {
                FoldedWeights folded = Topology.folded(topology.graph().node(name), parameters);
                float[] weight = stem && int8.contains(name) ? stems.get(name) : folded.weights();
                floats.putAll(QuantizedNetwork.parametersOf(name, Objects.requireNonNull(weight), folded.bias()));
            }
            if (topology.graph().node(name).sources().size() > 1) {
                sums.put(name, errors.largestSum(name));
            }
            layerReports.add(new QuantizationReport.LayerReport(
                    name,
                    int8.contains(name),
                    choice == null ? WeightMethod.MAX_ABS : choice.method(),
                    choice == null ? Double.NaN : errors.noise(name).decibels(),
                    Objects.requireNonNull(alone.get(name)).decibels()));
        }
        Map<String, Float> scales = new HashMap<>();
        List<QuantizationReport.ValueReport> valueReports = new ArrayList<>();
        for (String value : topology.scaled(int8)) {
            RangeChoice range = Objects.requireNonNull(ranges.get(topology.gridOf(value)));
            scales.put(value, range.grid().scale());
            if (topology.gridOf(value).equals(value)) {
                valueReports.add(new QuantizationReport.ValueReport(
                        value,
                        range.method(),
                        range.grid().scale(),
                        range.grid().signed(),
                        (float) range.largest(),
                        range.noise().decibels()));
            }
        }
        Quantization quantization = new Quantization(scales, layers, int8.containsAll(topology.stems()));
        QuantizationReport report = new QuantizationReport(
                observed.size(),
                judged.size(),
                options.bar(),
                score.agreement(),
                score.noise().decibels(),
                !corrected.isEmpty(),
                valueReports,
                layerReports);
        return new Result(
                new QuantizedNetwork(FoldedGraph.of(topology.graph()), quantization, floats, sums), report);
    }
}
