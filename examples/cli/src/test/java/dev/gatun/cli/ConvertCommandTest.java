package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvertCommandTest {
    private static final Path BUNDLED =
            Run.root().resolve("engine/src/main/resources/dev/gatun/models/resnet20-cifar10.safetensors");

    @TempDir
    Path directory;

    @Test
    void keepsAnswersCardAndPreprocessing() {
        Path out = convert(BUNDLED);

        assertThat(score(out)).isEqualTo(score(BUNDLED));
        JsonNode card = Run.gatun("inspect", "--json", out).json().getFirst();
        JsonNode before = Run.gatun("inspect", "--json", BUNDLED).json().getFirst();
        assertThat(card.get("preprocessing")).isEqualTo(before.get("preprocessing"));
        assertThat(card.get("metadata").get("classes"))
                .isEqualTo(before.get("metadata").get("classes"));
        assertThat(card.get("metadata").get("converted_from").asText())
                .isEqualTo("resnet20-cifar10.safetensors, safetensors");
    }

    @Test
    void readsWhatAnotherCommandExported() {
        Path onnx = directory.resolve("model.onnx");
        assertThat(Run.gatun("export", "--weights", BUNDLED, "--onnx", onnx).status())
                .isZero();

        Path out = convert(onnx, "--mean", "0.4914,0.4822,0.4465", "--std", "0.2470,0.2435,0.2616");

        assertThat(score(out)).isEqualTo(score(BUNDLED));
    }

    @Test
    void writesHowImagesAreSaidToBeNormalised() {
        Path out = convert(BUNDLED, "--mean", "-1,0.5,0.25", "--std", "1,2,4");

        JsonNode preprocessing =
                Run.gatun("inspect", "--json", out).json().getFirst().get("preprocessing");
        assertThat(preprocessing.get("mean").toString()).isEqualTo("[-1.0,0.5,0.25]");
        assertThat(preprocessing.get("std").toString()).isEqualTo("[1.0,2.0,4.0]");
        assertThat(preprocessing.get("cropHeight").asInt()).isEqualTo(32);
        assertThat(score(out)).isEqualTo(score(BUNDLED, "--mean", "-1,0.5,0.25", "--std", "1,2,4"));
    }

    @ParameterizedTest
    @CsvSource({"F32, 4", "F16, 2", "BF16, 2"})
    void roundsToTheType(String type, int bytes) throws IOException {
        Path out = convert(BUNDLED, "--type", type);

        // 269,722 parameters and the statistics of 19 batch normalisations, after a header
        long values = 269_722 + 2 * (7 * 16 + 6 * 32 + 6 * 64);
        assertThat(Files.size(out)).isBetween(values * bytes, values * bytes + 20_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2 | expected 3 finite values",
                "1,2,3,4 | expected 3 finite values",
                "1,2,NaN | expected 3 finite values",
                "1,2,x | not three numbers"
            })
    void refusesAMeanThatIsNone(String mean, String message) {
        Path out = directory.resolve("out.safetensors");

        Run run = Run.gatun("convert", "--mean", mean, BUNDLED, out);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(out).doesNotExist();
    }

    @Test
    void leavesNothingOfWhatItCannotRead() {
        Path out = directory.resolve("out.safetensors");

        Run run = Run.gatun("convert", Run.images().resolve("ship.png"), out);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("ship.png", "a PNG image");
        assertThat(directory).isEmptyDirectory();
    }

    private Path convert(Path in, Object... options) {
        Path out = directory.resolve("out.safetensors");
        Object[] arguments = new Object[options.length + 3];
        arguments[0] = "convert";
        System.arraycopy(options, 0, arguments, 1, options.length);
        arguments[options.length + 1] = in;
        arguments[options.length + 2] = out;
        Run run = Run.gatun(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        return out;
    }

    /** What the model says of the pictures: names and probabilities. */
    private static String score(Path weights, Object... options) {
        Object[] arguments = new Object[options.length + 5];
        System.arraycopy(options, 0, arguments, 5, options.length);
        arguments[0] = "classify";
        arguments[1] = "--json";
        arguments[2] = "--weights";
        arguments[3] = weights;
        arguments[4] = Run.images().resolve("ship.png");
        Run run = Run.gatun(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        return run.json().getFirst().get("top").toString();
    }
}
