package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.InputFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ClassifierTest {
    private static RgbImage noise(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(3).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    @Test
    void everyInputFormatNamesTheSameClassesForAnySizeOfImage() {
        Model model = ResNet.bundled();
        RgbImage image = noise(70, 45);
        try (Classifier reference = new Classifier(model, CompileOptions.defaults())) {
            List<Prediction> expected = reference.classify(image, 3);
            assertThat(expected).hasSize(3);
            for (InputFormat input : InputFormat.values()) {
                CompileOptions options =
                        CompileOptions.defaults().withInput(input).withBatch(4).withSoftmax(true);
                try (Classifier classifier = new Classifier(model, options)) {
                    assertThat(classifier.classify(image, 3)).as("%s", input).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void closingWaitsForTheThreadThatClassifies() throws Exception {
        RgbImage image = noise(32, 32);
        for (int round = 0; round < 20; round++) {
            Classifier classifier =
                    new Classifier(ResNet.bundled(), CompileOptions.defaults().withThreads(1));
            Callable<Integer> busy = () -> {
                int answers = 0;
                try {
                    while (answers < 10_000) {
                        answers += classifier.classify(image, 1).size();
                    }
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("closed");
                }
                return answers;
            };
            try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
                classifier.classify(image, 1);
                Future<Integer> answers = thread.submit(busy);
                classifier.classify(image, 1);
                classifier.close();
                assertThat(answers.get()).isLessThan(10_000);
            }
        }
    }

    @Test
    void aModelThatDoesNotCropIsRefused() {
        Model model = ResNet.named("resnet20-cifar10")
                .withPreprocessing(Preprocessing.none(Normalization.UNIT))
                .randomWeights(1);
        assertThatThrownBy(() -> new Classifier(model, CompileOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a crop");
    }
}
