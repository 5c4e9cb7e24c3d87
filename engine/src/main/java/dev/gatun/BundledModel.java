package dev.gatun;

import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * ResNet-20 for CIFAR-10, trained for this project: 91.34 % top-1 on the 10,000 test images. The card beside the resource says how it was
 * trained and measured.
 */
public final class BundledModel {
    /** Name of its variant. */
    public static final String NAME = "resnet20-cifar10";

    private static final String RESOURCE = "/dev/gatun/models/" + NAME + ".safetensors";

    private BundledModel() {}

    static WeightSource weights() {
        try (InputStream in = BundledModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from gatun-engine's jar");
            }
            return WeightFiles.open("bundled " + NAME + ".safetensors", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + RESOURCE, e);
        }
    }
}
