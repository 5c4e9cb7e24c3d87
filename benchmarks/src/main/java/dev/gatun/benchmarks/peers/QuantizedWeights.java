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
final class QuantizedWeights {
    /** Other images than those that are run. */
    private static final long SEED = 1000;

    /** Ranges of a network that ends in an average over the image hardly depend on its size, and the time does. */
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
        int size = Math.min(SIZE, model.input().size());
        List<RgbImage> crops = IntStream.range(0, CalibrationImages.FEWEST)
                .mapToObj(i -> new RgbImage(size, size, Blots.image(SEED + i, size, RgbImage.CHANNELS)))
                .toList();
        Quantizer.Result result = Quantizer.quantize(
                model.graph(),
                model.weights()::get,
                new CalibrationImages(crops, model.preprocessing()),
                QuantizeOptions.defaults().withBar(NONE).withSearch(false));
        Files.createDirectories(directory);
        Path file = directory.resolve(job.model() + ".safetensors");
        QuantizedFile.write(
                new QuantizedModel(
                        model.name(),
                        model.input(),
                        model.preprocessing(),
                        model.labels().names(),
                        result.network(),
                        result.report()),
                file);
        return file;
    }
}
