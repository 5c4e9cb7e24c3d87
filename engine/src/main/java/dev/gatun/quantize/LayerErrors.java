package dev.gatun.quantize;

import dev.gatun.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each layer does to its result by being int8, given the f32 values that it reads: how its channels' means move, which bias correction
 * undoes (Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, section 4.2, with means measured), and
 * how large the error is.
 */
final class LayerErrors {
    /** The sums of one layer in f32 and in int8, and the noise of its result. */
    private static final class Layer {
        private final ChannelSums expected;
        private final ChannelSums actual;
        private Noise noise = Noise.NONE;

        Layer(int channels) {
            expected = new ChannelSums(channels);
            actual = new ChannelSums(channels);
        }

        void add(Layer other) {
            expected.add(other.expected);
            actual.add(other.actual);
            noise = noise.plus(other.noise);
        }
    }

    private final Map<String, Layer> layers = new HashMap<>();

    private LayerErrors() {}

    /**
     * Measures layers.
     *
     * @param nodes the layers
     * @param setting grids and weights of all of them
     */
    static LayerErrors measure(
            NodeNetwork network, Workers workers, List<Integer> images, List<Node> nodes, Setting setting) {
        LayerErrors errors = new LayerErrors();
        workers.forEach(
                images,
                (simulation, batch) -> measure(network, simulation, batch.size(), nodes, setting),
                part -> part.forEach((name, layer) -> errors.layers.merge(name, layer, (one, other) -> {
                    one.add(other);
                    return one;
                })));
        return errors;
    }

    private static Map<String, Layer> measure(
            NodeNetwork network, Simulation simulation, int count, List<Node> nodes, Setting setting) {
        Map<String, Layer> layers = new HashMap<>();
        for (Node node : nodes) {
            layers.put(node.name(), new Layer(network.shape(node.name()).intDim(1)));
        }
        Elements elements = new Elements();
        simulation.runReference((name, sums) -> {
            Layer layer = layers.get(name);
            if (layer != null) {
                elements.visit(sums, elements(network, name, count), layer.expected::add);
            }
        });
        for (Node node : nodes) {
            String name = node.name();
            Layer layer = Objects.requireNonNull(layers.get(name));
            long size = elements(network, name, count);
            @Nullable Grid src = setting.grids().get(node.sources().getFirst());
            Packed weights = Objects.requireNonNull(setting.weights().get(name));
            simulation.runLayer(node, src, weights, (_, sums) -> elements.visit(sums, size, layer.actual::add));
            layer.noise = elements.compare(simulation.reference(name), simulation.simulated(name), size);
        }
        return layers;
    }

    private static long elements(NodeNetwork network, String name, int count) {
        return network.shape(name).elements() / network.shape(name).dim(0) * count;
    }

    /** The bias that keeps the mean of every channel. */
    float[] corrected(String layer, float[] bias) {
        Layer measured = Objects.requireNonNull(layers.get(layer));
        float[] corrected = new float[bias.length];
        for (int c = 0; c < bias.length; c++) {
            corrected[c] = (float) (bias[c] + measured.expected.mean(c) - measured.actual.mean(c));
        }
        return corrected;
    }

    /** The noise of a layer's result. */
    Noise noise(String layer) {
        return Objects.requireNonNull(layers.get(layer)).noise;
    }

    /** The largest magnitude that a layer's sums have in f32, before a residual is added. */
    float largestSum(String layer) {
        return Objects.requireNonNull(layers.get(layer)).expected.largest();
    }
}
