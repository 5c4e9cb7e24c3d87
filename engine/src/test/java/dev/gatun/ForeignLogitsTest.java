package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Trained models of other frameworks, built from what their files say, against logits that such a framework computed. */
class ForeignLogitsTest {
    private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

    /** The whole 5,000 take some seconds more: {@code -Dgatun.test.images=5000}. */
    private static final int IMAGES = Integer.getInteger("gatun.test.images", 500);

    private static final List<Float> ZERO = List.of(0f, 0f, 0f);
    private static final List<Float> ONE = List.of(1f, 1f, 1f);

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(
                        "cifar10/akamaster/resnet20-12fca82f.export.onnx",
                        null,
                        "cifar10/akamaster/resnet20-12fca82f",
                        Normalization.IMAGENET,
                        4574),
                Arguments.of(
                        "cifar10/keras/cifar10_ResNet20v1_model.h5",
                        null,
                        "cifar10/keras/cifar10_ResNet20v1_model",
                        Normalization.rgb(ZERO, ONE),
                        4578),
                Arguments.of(
                        "cifar10/keras/ResNet20v2_weights_SCA.h5",
                        "cifar10/keras/ResNet20v2_model_json.json",
                        "cifar10/keras/ResNet20v2_weights_SCA",
                        Normalization.rgb(List.of(.49140f, .48216f, .44653f), List.of(.24703f, .24349f, .26159f)),
                        4668),
                Arguments.of(
                        "cifar10/mlperf-tiny/pretrainedResnet.h5",
                        null,
                        "cifar10/mlperf-tiny/pretrainedResnet",
                        new Normalization(ChannelOrder.RGB, 1f, ZERO, ONE),
                        4349));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void answersAsItsFrameworkDoes(
            String weights, @Nullable String config, String reference, Normalization normalization, int top1)
            throws IOException {
        Model model;
        Path path = SharedData.file(weights);
        try (ModelFile file = config == null ? ModelFile.open(path) : ModelFile.open(path, SharedData.file(config))) {
            assertThat(file.network())
                    .hasValueSatisfying(network -> assertThat(network.size()).isEqualTo(32));
            model = file.model().withPreprocessing(Preprocessing.cifar(normalization));
        }
        byte[] records = Files.readAllBytes(SharedData.file("cifar10/test_first5000.bin"));
        float[] expected = SharedData.npy(SharedData.file(reference + ".ref_logits_f32.npy"));
        int batch = 50;
        float[] actual = new float[IMAGES * 10];
        try (Runner runner =
                new Runner(model, CompileOptions.defaults().withBatch(batch).withInput(InputFormat.U8_NCHW))) {
            byte[] pixels = new byte[batch * (CIFAR_RECORD - 1)];
            for (int n = 0; n < IMAGES; n += batch) {
                for (int i = 0; i < batch; i++) {
                    System.arraycopy(
                            records, (n + i) * CIFAR_RECORD + 1, pixels, i * (CIFAR_RECORD - 1), CIFAR_RECORD - 1);
                }
                System.arraycopy(runner.run(pixels), 0, actual, n * 10, batch * 10);
            }
        }
        double error = Errors.relative(actual, Arrays.copyOf(expected, actual.length));
        int hits = 0;
        int expectedHits = 0;
        for (int n = 0; n < IMAGES; n++) {
            int label = records[n * CIFAR_RECORD];
            hits += SharedData.argMax(actual, n * 10, 10) == label ? 1 : 0;
            expectedHits += SharedData.argMax(expected, n * 10, 10) == label ? 1 : 0;
        }
        System.out.printf(
                "%s: top-1 %d of %d, relative error %.2e on %s%n", weights, hits, IMAGES, error, OneDnn.effectiveIsa());
        assertThat(error).isLessThan(1e-4);
        assertThat(hits).isBetween(expectedHits - 2, expectedHits + 2);
        if (IMAGES == 5000) {
            assertThat(hits).isBetween(top1 - 2, top1 + 2);
        }
    }
}
