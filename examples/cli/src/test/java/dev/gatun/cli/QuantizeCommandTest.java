package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {
    private static final int RECORD = 3073;

    @TempDir
    Path directory;

    private Path records;

    /** Images of a few smooth colours, as CIFAR-10's records. */
    @BeforeEach
    void drawRecords() throws IOException {
        byte[] bytes = new byte[24 * RECORD];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < bytes.length; i++) {
            int image = i / RECORD;
            int pixel = i % RECORD % 1024;
            bytes[i] = (byte) (image * 9 + pixel / 32 * (image % 5) + pixel % 32 * (image % 3) + random.nextInt(8));
        }
        records = directory.resolve("calibration.bin");
        Files.write(records, bytes);
    }

    @Test
    void writesAFileThatHoldsTheNetwork() {
        Path out = directory.resolve("int8.safetensors");
        Path onnx = directory.resolve("int8.onnx");

        Run run = Run.gatun(
                "quantize", "--model", "resnet20-cifar10", "--calibration", records, "--out", out, "--onnx", onnx);

        assertThat(run.status()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.startsWith("activation "))
                .anyMatch(line -> line.matches("avgpool +u8 .*"))
                .anyMatch(line -> line.matches("fc +(int8|bf16 or f32) .*"))
                .anyMatch(line -> line.matches("\\d+ of 20 layers in int8; logits at .* of 8 images agree .*"));
        assertThat(onnx).exists();
        try (WeightSource source = WeightFiles.open(out)) {
            QuantizedModel model = QuantizedFile.read(source);
            assertThat(model.name()).isEqualTo("resnet20-cifar10");
            assertThat(model.labels()).contains("airplane", "ship");
            assertThat(model.report().observed()).isEqualTo(16);
        }
        assertThat(Run.gatun("inspect", out).out().lines())
                .contains("container: quantised safetensors", "network: resnet20-cifar10, 10 classes", "classes: 10")
                .anyMatch(line -> line.matches("layer3\\.2\\.conv2\\.weight +I8 +\\[64, 64, 3, 3]"))
                .anyMatch(line -> line.matches("quantised: \\d+ of 20 layers in int8; logits at .*"))
                .anyMatch(line -> line.matches("in bf16 or f32: (no layer|.*conv.*|fc)"));
        JsonNode inspected = Run.gatun("inspect", "--json", out).json().getFirst();
        assertThat(inspected.get("container").asText()).isEqualTo("quantised safetensors");
        assertThat(inspected.get("quantization").get("layers")).hasSize(20);
    }

    @Test
    void printsTheReportAsJson() {
        Run run = Run.gatun(
                "quantize",
                "--model",
                "resnet20-cifar10",
                "--calibration",
                records,
                "--images",
                "12",
                "--bar",
                "1,200",
                "--json",
                "--out",
                directory.resolve("int8.safetensors"));

        assertThat(run.status()).isZero();
        JsonNode report = run.json().getFirst().get("report");
        assertThat(report.get("observed").asInt()).isEqualTo(8);
        assertThat(report.get("judged").asInt()).isEqualTo(4);
        assertThat(report.get("barDecibels").asDouble()).isEqualTo(200);
        assertThat(report.get("layers"))
                .hasSize(20)
                .allSatisfy(layer -> assertThat(layer.get("int8").asBoolean()).isFalse());
    }

    @Test
    void refusesFilesThatAreNoCalibration() {
        Path out = directory.resolve("int8.safetensors");

        Run run = Run.gatun(
                "quantize",
                "--model",
                "resnet20-cifar10",
                "--calibration",
                Run.images().resolve("ship.png"),
                "--out",
                out);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .hasSize(1)
                .first()
                .asString()
                .contains("ship.png", "expected a directory of images");
        assertThat(out).doesNotExist();
    }

    @Test
    void refusesTooFewImages() {
        Run run = Run.gatun(
                "quantize",
                "--model",
                "resnet20-cifar10",
                "--calibration",
                Run.images(),
                "--out",
                directory.resolve("int8.safetensors"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("6 images, expected at least 8");
    }

    @Test
    void refusesWhatCannotBeWrittenBeforeAnythingElse() {
        Run run = Run.gatun(
                "quantize",
                "--model",
                "resnet20-cifar10",
                "--calibration",
                records,
                "--out",
                directory.resolve("absent/int8.safetensors"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("absent", "cannot be written");
    }

    @Test
    void refusesABarThatIsNone() {
        Run run = Run.gatun(
                "quantize", "--calibration", records, "--out", directory.resolve("a.safetensors"), "--bar", "1.5");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("'1.5' is no bar");
    }
}
