package dev.gatun.embedded;

import dev.gatun.Classifier;
import dev.gatun.CompileOptions;
import dev.gatun.Prediction;
import dev.gatun.ResNet;
import java.io.IOException;
import java.nio.file.Path;

/** Names what is in images, with the model that comes with the library. */
public final class Embedded {
    private Embedded() {}

    /** Prints the best guess for each image file. */
    public static void main(String[] images) throws IOException {
        try (Classifier classifier = new Classifier(ResNet.bundled(), CompileOptions.defaults())) {
            for (String image : images) {
                Prediction best = classifier.classify(Path.of(image), 1).getFirst();
                System.out.printf("%s: %s (%.1f %%)%n", image, best.label(), best.probability() * 100);
            }
        }
    }
}
