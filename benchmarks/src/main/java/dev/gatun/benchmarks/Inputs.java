package dev.gatun.benchmarks;

import dev.gatun.Model;
import dev.gatun.ResNet;
import java.util.SplittableRandom;

/** Weights and images that are the same in every run and process. */
final class Inputs {
    private static final long WEIGHTS_SEED = 1;
    private static final long IMAGES_SEED = 2;

    private Inputs() {}

    /** A variant with random weights. */
    static Model model(String name) {
        return ResNet.named(name).randomWeights(WEIGHTS_SEED);
    }

    /** Standard normal values. */
    static float[] images(int count) {
        SplittableRandom random = new SplittableRandom(IMAGES_SEED);
        float[] images = new float[count];
        for (int i = 0; i < count; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }
}
