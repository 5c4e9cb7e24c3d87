package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.ResNet;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** The weights and images that every process makes alike. */
final class Network {
    private static final long WEIGHTS_SEED = 1;
    private static final long IMAGES_SEED = 2;

    private Network() {}

    /** The model of {@code job}. */
    static Model model(Job job) {
        ResNet variant = ResNet.named(job.model());
        return job.weights().equals(Job.RANDOM)
                ? variant.randomWeights(WEIGHTS_SEED)
                : variant.weights(Path.of(job.weights()));
    }

    /** Images of standard normal values, [batch, channels, size, size]; the first of a batch are those of a smaller one. */
    static float[] images(Model model, int batch) {
        int size = model.input().size();
        SplittableRandom random = new SplittableRandom(IMAGES_SEED);
        float[] images = new float[batch * model.input().channels() * size * size];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }

    /** [batch, channels, size, size]. */
    static long[] shape(Model model, int batch) {
        int size = model.input().size();
        return new long[] {batch, model.input().channels(), size, size};
    }
}
