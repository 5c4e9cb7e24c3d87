package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Passes;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a quantised network computes, by f32 arithmetic on int8's values, independent of the planner. */
public final class SimulatedInt8 {
    private SimulatedInt8() {}

    /** Logits of all images. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Logits(float[][] int8) {}

    /** The logits of a quantised network. */
    public static Logits run(QuantizedNetwork quantized, CalibrationImages images, int perRun, int threads) {
        return new Logits(run(quantized.graph(), quantized::parameter, quantized, images, perRun, threads));
    }

    /** The logits of any network in f32. */
    public static float[][] reference(
            Graph graph, Function<String, float[]> parameters, CalibrationImages images, int perRun, int threads) {
        return run(Passes.fuse(graph), parameters, null, images, perRun, threads);
    }

    private static float[][] run(
            Graph graph,
            Function<String, float[]> parameters,
            @Nullable QuantizedNetwork quantized,
            CalibrationImages images,
            int perRun,
            int threads) {
        int callers = OneDnn.maxThreads();
        OneDnn.setThreads(1);
        try (NativeStack owned = new NativeStack()) {
            NodeNetwork network =
                    owned.push(new NodeNetwork(graph, parameters, perRun, images.height(), images.width()));
            Workers workers = owned.push(new Workers(network, images, perRun, threads));
            Setting setting = quantized == null ? Setting.F32 : setting(quantized, network);
            int classes = network.shape(network.logits()).intDim(1);
            List<float[]> logits = new ArrayList<>();
            List<Integer> all = IntStream.range(0, images.size()).boxed().toList();
            workers.<float[][]>forEach(
                    all,
                    (simulation, batch) -> {
                        simulation.runReference(Simulation.Tap.NONE);
                        simulation.run(setting);
                        float[] rows = simulation.simulatedLogits();
                        return IntStream.range(0, batch.size())
                                .mapToObj(i -> Arrays.copyOfRange(rows, i * classes, (i + 1) * classes))
                                .toArray(float[][]::new);
                    },
                    rows -> logits.addAll(List.of(rows)));
            return logits.toArray(float[][]::new);
        } finally {
            OneDnn.setThreads(callers);
        }
    }

    private static Setting setting(QuantizedNetwork quantized, NodeNetwork network) {
        Topology topology = new Topology(quantized.graph());
        Map<String, Grid> grids = new HashMap<>();
        quantized
                .quantization()
                .scales()
                .forEach((name, scale) -> grids.put(name, new Grid(scale, topology.signed(name))));
        Map<String, Packed> weights = new HashMap<>();
        quantized
                .quantization()
                .layers()
                .forEach((name, layer) ->
                        weights.put(name, network.pack(name, Int8Weights.dequantize(layer), layer.bias())));
        return new Setting(grids, weights);
    }
}
