package dev.gatun;

import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * ResNet-20 for CIFAR-10, trained for this project: 91.34 % top-1 on the 10,000 test images. The card beside the resource says how it was
 * trained and measured.
 */
public final class BundledModel {
    /** Name of its variant. */
    public static final String NAME = "resnet20-cifar10";

    private static final String RESOURCE = "/dev/gatun/models/" + NAME + ".safetensors";

    private BundledModel() {}

    /**
     * Writes the weights as a file of their own.
     *
     * @param file that does not exist yet
     * @return {@code file}
     */
    public static Path copyTo(Path file) throws IOException {
        try (InputStream in = open()) {
            Files.copy(in, file);
        }
        return file;
    }

    static WeightSource weights() {
        try (InputStream in = open()) {
            return WeightFiles.open("bundled " + NAME + ".safetensors", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + RESOURCE, e);
        }
    }

    private static InputStream open() {
        InputStream in = BundledModel.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IllegalStateException("resource " + RESOURCE + " is missing from gatun-engine's jar");
        }
        return in;
    }
}
