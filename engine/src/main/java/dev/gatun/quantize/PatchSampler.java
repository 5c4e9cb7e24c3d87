package dev.gatun.quantize;

import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Samples what single outputs of layers read, and sums it up as second moments. */
final class PatchSampler {
    /** Beyond this many inputs rounding errors average out, and the matrix takes longer than it is worth. */
    static final int MOST_INPUTS = 1200;

    private static final int ROWS = 2048;

    private final NodeNetwork network;

    PatchSampler(NodeNetwork network) {
        this.network = network;
    }

    /** Whether a layer's weights can be compensated: each output reads all channels, and not too many values. */
    static boolean takes(Node layer) {
        return inputs(layer) <= MOST_INPUTS && !(layer instanceof Node.Conv conv && conv.groups() > 1);
    }

    private static int inputs(Node layer) {
        return switch (layer) {
            case Node.Conv conv ->
                conv.ic() * conv.window().kernelH() * conv.window().kernelW();
            case Node.InnerProduct product -> product.ic();
            default -> throw new IllegalArgumentException(layer.name() + " has no weights");
        };
    }

    /** The second moments of layers, by name. */
    Map<String, SecondMoments> sample(Workers workers, List<Integer> images, List<Node> layers) {
        Map<String, SecondMoments> moments = new LinkedHashMap<>();
        layers.forEach(layer -> moments.put(layer.name(), new SecondMoments(inputs(layer))));
        int rows = Math.ceilDiv(ROWS, images.size());
        workers.forEach(
                images,
                (simulation, batch) -> {
                    simulation.runReference(Simulation.Tap.NONE);
                    Map<String, float[]> patches = new HashMap<>();
                    SplittableRandom random = new SplittableRandom(batch.getFirst());
                    layers.forEach(
                            layer -> patches.put(layer.name(), patches(layer, simulation, batch.size(), rows, random)));
                    return patches;
                },
                part -> part.forEach((name, patches) ->
                        Objects.requireNonNull(moments.get(name)).add(patches)));
        return moments;
    }

    private float[] patches(Node layer, Simulation simulation, int images, int rows, SplittableRandom random) {
        MemorySegment src = simulation.reference(layer.sources().getFirst());
        Shape srcShape = network.shape(layer.sources().getFirst());
        int size = inputs(layer);
        float[] patches = new float[images * rows * size];
        for (int row = 0; row < images * rows; row++) {
            long image = srcShape.elements() / srcShape.dim(0) * (row / rows);
            if (layer instanceof Node.Conv conv) {
                Shape dst = network.shape(layer.name());
                int y = random.nextInt(dst.intDim(2)) * conv.window().strideH()
                        - conv.window().padTop();
                int x = random.nextInt(dst.intDim(3)) * conv.window().strideW()
                        - conv.window().padLeft();
                patch(src, image, srcShape, conv.window(), y, x, patches, row * size);
            } else {
                MemorySegment.copy(src, ValueLayout.JAVA_FLOAT, image * Float.BYTES, patches, row * size, size);
            }
        }
        return patches;
    }

    /** What a window at these coordinates sees, in the order of weights: channel, row, column; zeros beyond the edges. */
    private static void patch(
            MemorySegment src, long image, Shape shape, Window window, int y, int x, float[] to, int at) {
        int channels = shape.intDim(1);
        int taps = window.kernelH() * window.kernelW();
        for (int tap = 0; tap < taps; tap++) {
            int row = y + tap / window.kernelW() * window.dilation();
            int column = x + tap % window.kernelW() * window.dilation();
            if (row < 0 || row >= shape.dim(2) || column < 0 || column >= shape.dim(3)) {
                continue;
            }
            long pixel = image + (row * shape.dim(3) + column) * channels;
            for (int c = 0; c < channels; c++) {
                to[at + c * taps + tap] = src.getAtIndex(ValueLayout.JAVA_FLOAT, pixel + c);
            }
        }
    }
}
