package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.image.Blots;
import java.nio.file.Path;

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

    /** The images, normalised: [batch, channels, size, size]; the first of a batch are those of a smaller one. */
    static float[] images(Model model, int batch) {
        byte[] pixels = pixels(model, batch);
        float[][] tables = model.preprocessing().normalization().tables();
        int channels = model.input().channels();
        int plane = model.input().size() * model.input().size();
        float[] images = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int pixel = i / channels;
            int c = i % channels;
            images[(pixel / plane * channels + c) * plane + pixel % plane] = tables[c][pixels[i] & 0xff];
        }
        return images;
    }

    /** The images as samples of 0 to 255, [batch, size, size, channels]. */
    static byte[] pixels(Model model, int batch) {
        int size = model.input().size();
        int bytes = model.input().channels() * size * size;
        byte[] pixels = new byte[batch * bytes];
        for (int n = 0; n < batch; n++) {
            System.arraycopy(Blots.image(IMAGES_SEED + n, size, model.input().channels()), 0, pixels, n * bytes, bytes);
        }
        return pixels;
    }

    /** [batch, channels, size, size]. */
    static long[] shape(Model model, int batch) {
        int size = model.input().size();
        return new long[] {batch, model.input().channels(), size, size};
    }
}
