package dev.gatun.quantize;

import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.QuantizedLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a quantised network computes, by f32 arithmetic on int8's values, independent of the planner. */
public final class SimulatedInt8 {
    private SimulatedInt8() {}

    /** Logits of all images: those of f32 with the weights as they are stored, and those of int8. */
    public record Logits(float[][] stored, float[][] int8) {}

    public static Logits run(QuantizedNetwork quantized, CalibrationImages images, int perRun, int threads) {
        int callers = OneDnn.maxThreads();
        OneDnn.setThreads(1);
        try (NativeStack owned = new NativeStack()) {
            NodeNetwork network = owned.push(new NodeNetwork(
                    quantized.graph(), quantized::parameter, perRun, images.height(), images.width()));
            Workers workers = owned.push(new Workers(network, images, perRun, threads));
            Topology topology = new Topology(quantized.graph());
            Map<String, Grid> grids = new HashMap<>();
            quantized.quantization().scales().forEach(
                    (name, scale) -> grids.put(name, new Grid(scale, topology.signed(name))));
            Map<String, Packed> weights = new HashMap<>();
            for (Map.Entry<String, QuantizedLayer> layer :
                    quantized.quantization().layers().entrySet()) {
                weights.put(
                        layer.getKey(),
                        network.pack(
                                layer.getKey(),
                                Int8Weights.dequantize(layer.getValue()),
                                layer.getValue().bias()));
            }
            Setting setting = new Setting(grids, weights);
            int classes = network.shape(network.logits()).intDim(1);
            List<float[]> stored = new ArrayList<>();
            List<float[]> int8 = new ArrayList<>();
            List<Integer> all = IntStream.range(0, images.size()).boxed().toList();
            workers.<float[][]>forEach(all, (simulation, batch) -> {
                int count = batch.size();
                simulation.runReference(Simulation.Tap.NONE);
                float[] expected = simulation.referenceLogits();
                simulation.run(setting);
                float[] actual = simulation.simulatedLogits();
                float[][] rows = new float[2 * count][];
                for (int i = 0; i < count; i++) {
                    rows[i] = java.util.Arrays.copyOfRange(expected, i * classes, (i + 1) * classes);
                    rows[count + i] = java.util.Arrays.copyOfRange(actual, i * classes, (i + 1) * classes);
                }
                return rows;
            }, part -> {
                int count = part.length / 2;
                stored.addAll(List.of(part).subList(0, count));
                int8.addAll(List.of(part).subList(count, 2 * count));
            });
            return new Logits(stored.toArray(float[][]::new), int8.toArray(float[][]::new));
        } finally {
            OneDnn.setThreads(callers);
        }
    }
}
