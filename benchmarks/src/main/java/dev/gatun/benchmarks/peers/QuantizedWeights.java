package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.image.RgbImage;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.CalibrationImages;
import dev.gatun.quantize.QuantizeOptions;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The int8 weights that all contestants read: of a model's own, with every layer in int8, since this is about speed. */
public final class QuantizedWeights {
    /** Other images than those that are run. */
    private static final long SEED = 1000;

    /** A part of each image will do: ranges of a network that ends in an average over the image hardly depend on its size, and the time does. */
    private static final int SIZE = 64;

    /** No layer falls back to float, however far off. */
    private static final Bar NONE = new Bar(0, -Float.MAX_VALUE);

    private QuantizedWeights() {}

    /**
     * Quantises the model of {@code job} into a file of {@code directory}; weights that are quantised already are taken as they are.
     *
     * @return the file
     */
    static Path of(Job job, Path directory) throws IOException {
        Model model = Network.model(job);
        if (model.quantized().isPresent()) {
            return Path.of(job.weights());
        }
        Files.createDirectories(directory);
        Path file = directory.resolve(job.model() + ".safetensors");
        QuantizedFile.write(quantized(model), file);
        return file;
    }

    /** The model in int8. */
    public static QuantizedModel quantized(Model model) {
        int size = Math.min(SIZE, model.input().size());
        List<RgbImage> crops = IntStream.range(0, CalibrationImages.FEWEST)
                .mapToObj(i -> corner(SEED + i, model.input().size(), size))
                .toList();
        Quantizer.Result result = Quantizer.quantize(
                model.graph(),
                model.weights()::get,
                new CalibrationImages(crops, model.preprocessing()),
                QuantizeOptions.defaults().withBar(NONE).withSearch(false));
        return new QuantizedModel(
                model.name(),
                model.input(),
                model.preprocessing(),
                model.labels().names(),
                result.network(),
                result.report());
    }

    /** Part of an image of the network's size, so that a pixel differs from the next as much as in those that are run. */
    private static RgbImage corner(long seed, int of, int size) {
        byte[] image = Blots.image(seed, of, RgbImage.CHANNELS);
        byte[] rgb = new byte[size * size * RgbImage.CHANNELS];
        int row = size * RgbImage.CHANNELS;
        for (int y = 0; y < size; y++) {
            System.arraycopy(image, y * of * RgbImage.CHANNELS, rgb, y * row, row);
        }
        return new RgbImage(size, size, rgb);
    }
}
