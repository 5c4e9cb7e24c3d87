package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real weights and images, which are not part of the project. */
class SharedDataTest {
    private static final Path DATA =
            Path.of(System.getProperty("gatun.test.shared", "")).resolve("data");

    @TempDir
    Path directory;

    @BeforeEach
    void skipWithoutData() {
        assumeTrue(Files.isDirectory(DATA), "the shared test data is not at " + DATA + " (property gatun.test.shared)");
    }

    @ParameterizedTest
    @CsvSource({
        "imagenet/resnet18-pqf-small.legacy.pth, resnet18, 185, 227",
        "imagenet/resnet50-pqf-large.f16.safetensors, resnet50, 197, 230"
    })
    void namesPhotographsAsPublished(String weights, String model, int top1, int top5) throws IOException {
        Path out = directory.resolve("logits.npy");
        JsonNode result = evaluate(
                "--weights", DATA.resolve(weights),
                "--images", DATA.resolve("imagenet/images"),
                "--labels", DATA.resolve("imagenet/labels.tsv"),
                "--logits", out);

        assertThat(result.get("model").asText()).isEqualTo(model);
        assertThat(result.get("images").asInt()).isEqualTo(240);
        assertThat(result.get("top1").asInt()).isCloseTo(top1, within(2));
        assertThat(result.get("top5").asInt()).isCloseTo(top5, within(2));
        assertThat(Npys.read(out).relativeError(reference(weights))).isLessThan(1e-4);
    }

    @ParameterizedTest
    @CsvSource({
        "cifar10/akamaster/resnet20-12fca82f.th, resnet20-cifar10, 4574",
        "cifar10/akamaster/resnet56-4bfd9763.th, resnet56-cifar10, 4648",
        "cifar10-trained/resnet20-cifar10.safetensors, resnet20-cifar10, 4566"
    })
    void namesCifarAsTrained(String weights, String model, int top1) throws IOException {
        Path out = directory.resolve("logits.npy");
        JsonNode result = evaluate(
                "--model",
                model,
                "--weights",
                DATA.resolve(weights),
                "--cifar10",
                DATA.resolve("cifar10/test_first5000.bin"),
                "--logits",
                out);

        assertThat(result.get("images").asInt()).isEqualTo(5000);
        assertThat(result.get("top1").asInt()).isCloseTo(top1, within(2));
        assertThat(Npys.read(out).relativeError(reference(weights))).isLessThan(1e-4);
    }

    /** Weights whose file does not say how their images were normalised. */
    @Test
    void namesCifarWithWhatIsSaidOfTheWeights() throws IOException {
        String weights = "cifar10/keras/ResNet20v2_weights_SCA.h5";
        Path out = directory.resolve("logits.npy");
        JsonNode result = evaluate(
                "--weights",
                DATA.resolve(weights),
                "--mean",
                ".49140,.48216,.44653",
                "--std",
                ".24703,.24349,.26159",
                "--cifar10",
                DATA.resolve("cifar10/test_first5000.bin"),
                "--logits",
                out);

        assertThat(result.get("model").asText()).isEqualTo("resnet20v2-keras-cifar10");
        assertThat(result.get("top1").asInt()).isCloseTo(4668, within(2));
        assertThat(Npys.read(out).relativeError(reference(weights))).isLessThan(1e-4);
    }

    /** Files that say all by what they hold: a configuration and its scaling. */
    @ParameterizedTest
    @CsvSource({"cifar10/keras/cifar10_ResNet20v1_model.h5, 4578", "cifar10/mlperf-tiny/pretrainedResnet.h5, 4349"})
    void namesCifarAsKerasDoes(String weights, int top1) throws IOException {
        Path out = directory.resolve("logits.npy");
        JsonNode result = evaluate(
                "--weights",
                DATA.resolve(weights),
                "--cifar10",
                DATA.resolve("cifar10/test_first5000.bin"),
                "--logits",
                out);

        assertThat(result.get("top1").asInt()).isCloseTo(top1, within(2));
        assertThat(Npys.read(out).relativeError(reference(weights))).isLessThan(1e-4);
    }

    @Test
    void classifiesWithGivenLabels() {
        Run run = Run.gatun(
                "classify",
                "--weights",
                DATA.resolve("imagenet/resnet18-pqf-small.legacy.pth"),
                "--labels",
                DATA.resolve("imagenet/imagenet_classes.txt"),
                "--json",
                DATA.resolve("imagenet/images/n01443537_goldfish.JPEG"));

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().getFirst().get("top").get(0).get("label").asText())
                .isEqualTo("goldfish");
    }

    private static JsonNode evaluate(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[0] = "evaluate";
        all[all.length - 1] = "--json";
        Run run = Run.gatun(all);
        assertThat(run.status()).as(run.err()).isZero();
        return run.json().getFirst();
    }

    private static Npys.Matrix reference(String weights) throws IOException {
        Path file = DATA.resolve(weights);
        String name = file.getFileName().toString().replaceFirst("\\.(legacy\\.pth|th|safetensors|h5)$", "");
        return Npys.read(file.resolveSibling(name + ".ref_logits_f32.npy"));
    }
}
