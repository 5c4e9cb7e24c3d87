package dev.gatun.benchmarks.peers;

import dev.gatun.DrawnQuantization;
import dev.gatun.Model;
import dev.gatun.quantize.QuantizedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The int8 weights that all contestants read: of a model's own, with every layer in int8, since this is about speed. */
final class QuantizedWeights {
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
        QuantizedFile.write(DrawnQuantization.of(model), file);
        return file;
    }
}
