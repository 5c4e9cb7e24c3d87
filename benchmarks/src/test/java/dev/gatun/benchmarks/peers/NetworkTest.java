package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Model;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final Job JOB = new Job("resnet20-cifar10", Job.RANDOM, "f32", Scenario.LATENCY, 1);

    @Test
    void imagesAreThePixelsNormalisedAsPlanes() {
        Model model = Network.model(JOB);
        byte[] pixels = Network.pixels(model, 2);
        float[] images = Network.images(model, 2);
        int plane = 32 * 32;
        int sample = pixels[(plane + 33) * 3 + 2] & 0xff;
        assertThat(images[(3 + 2) * plane + 33])
                .isEqualTo(model.preprocessing().normalization().apply(sample, 2));
    }

    @Test
    void aSmallerBatchIsTheBeginningOfALargerOne() {
        Model model = Network.model(JOB);
        assertThat(Network.images(model, 2)).startsWith(Network.images(model, 1));
    }
}
