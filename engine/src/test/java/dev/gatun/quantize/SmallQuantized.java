package dev.gatun.quantize;

import dev.gatun.RandomValues;
import dev.gatun.SmallNetworks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.Shortcut;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small networks with random weights and drawn images, quantised. */
public final class SmallQuantized {
    /** What images are normalised with. */
    public static final Preprocessing PREPROCESSING = Preprocessing.cifar(Normalization.IMAGENET);

    private SmallQuantized() {}

    /** Two stages of basic or bottleneck blocks. */
    public static Graph graph(BlockKind kind, Shortcut shortcut) {
        return GraphBuilder.build(SmallNetworks.spec(BlockSpec.dense(kind, shortcut)));
    }

    /** Images of 32x32 with smooth shapes, the same for the same seed. */
    public static CalibrationImages images(int count, long seed) {
        return CalibrationImages.prepare(count, i -> drawn(seed * 10_000 + i), PREPROCESSING);
    }

    private static RgbImage drawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] waves = random.doubles(12).toArray();
        byte[] rgb = new byte[32 * 32 * 3];
        for (int i = 0; i < rgb.length; i++) {
            int c = i % 3;
            int pixel = i / 3;
            int row = pixel / 32;
            double y = row / 32.0;
            double x = pixel % 32 / 32.0;
            double value = Math.sin(7 * (waves[c] * x + waves[3 + c] * y) + 6 * waves[6 + c]) * waves[9 + c];
            rgb[i] = (byte) Math.clamp(Math.round(127 + 120 * value + 12 * random.nextDouble()), 0, 255);
        }
        return new RgbImage(32, 32, rgb);
    }

    /** A quantised network of {@link #graph} and all that belongs to it. */
    public static QuantizedModel model(BlockKind kind, Shortcut shortcut, Bar bar) {
        Graph graph = graph(kind, shortcut);
        Quantizer.Result result = Quantizer.quantize(
                graph,
                new RandomValues(graph, 11)::get,
                images(48, 1),
                QuantizeOptions.defaults().withBar(bar));
        return new QuantizedModel(
                "small " + kind + " " + shortcut,
                dev.gatun.spec.InputSpec.CIFAR,
                PREPROCESSING,
                IntStream.range(0, 7).mapToObj(i -> "class " + i).toList(),
                result.network(),
                result.report());
    }
}
