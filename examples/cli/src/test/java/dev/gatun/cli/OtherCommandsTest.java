package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

class OtherCommandsTest {
    private static final Path BUNDLED =
            Run.root().resolve("engine/src/main/resources/dev/gatun/models/resnet20-cifar10.safetensors");

    @TempDir
    Path directory;

    @Test
    void inspectListsTensorsAndRecognisesTheNetwork() {
        Run run = Run.gatun("inspect", BUNDLED);

        assertThat(run.status()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("layer3\\.2\\.conv2\\.weight +F32 +\\[64, 64, 3, 3]"))
                .contains(
                        "metadata classes: airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck",
                        "container: safetensors",
                        "network: resnet20-cifar10 or plain20-cifar10, 10 classes",
                        "family: He et al. 2016, CIFAR",
                        "depth: 20",
                        "options: basic blocks 3-3-3, option A: zero-padded identity shortcuts, epsilon 1.0E-5",
                        "classes: 10")
                .anyMatch(
                        line -> line.startsWith("preprocessing: shorter side to 32, crop 32x32, (x / 255.0 - [0.4914"));
    }

    @Test
    void inspectPrintsJson() {
        JsonNode result = Run.gatun("inspect", "--json", BUNDLED).json().getFirst();

        assertThat(result.get("container").asText()).isEqualTo("safetensors");
        assertThat(result.get("variants")).hasSize(2);
        assertThat(result.get("variants").get(0).asText()).isEqualTo("resnet20-cifar10");
        assertThat(result.get("family").asText()).isEqualTo("He et al. 2016, CIFAR");
        assertThat(result.get("depth").asInt()).isEqualTo(20);
        assertThat(result.get("options").get(1).asText()).startsWith("option A");
        assertThat(result.get("preprocessing").toString())
                .isEqualTo(
                        "{\"resizeShorterSide\":32,\"cropHeight\":32,\"cropWidth\":32,\"interpolation\":\"BILINEAR\","
                                + "\"channelOrder\":\"RGB\",\"divisor\":255.0,\"mean\":[0.4914,0.4822,0.4465],"
                                + "\"std\":[0.247,0.2435,0.2616]}");
        assertThat(result.get("classes").asInt()).isEqualTo(10);
        assertThat(result.get("metadata").get("top1").asText()).isEqualTo("91.34");
        assertThat(result.get("tensors").get(0).toString())
                .isEqualTo("{\"name\":\"conv1.weight\",\"type\":\"F32\",\"shape\":[16,3,3,3]}");
        // 269,722 parameters and the statistics of 19 batch normalisations
        assertThat(result.get("values").asInt()).isEqualTo(269_722 + 2 * (7 * 16 + 6 * 32 + 6 * 64));
    }

    @Test
    void inspectSaysWhatAFileIsNot() {
        Run run = Run.gatun("inspect", Run.images().resolve("ship.png"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("ship.png", "a PNG image");
    }

    @Test
    void exportWritesAnOnnxModel() throws IOException {
        Path out = directory.resolve("model.onnx");

        Run run = Run.gatun("export", "--model", "resnet20-cifar10", "--onnx", out);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("resnet20-cifar10 with weights bundled written to " + out);
        // f32 weights and the graph around them; the first field of a ModelProto is ir_version, key 0x08
        assertThat(Files.size(out)).isBetween(269_722L * 4, 269_722L * 4 + 100_000);
        assertThat(Files.readAllBytes(out)[0]).isEqualTo((byte) 0x08);
        assertThat(directory.toFile().list()).containsExactly("model.onnx");
    }

    @Test
    void exportNeedsAFileToWrite() {
        Run missing = Run.gatun("export", "--model", "resnet20-cifar10");
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.errorLines()).hasSize(1).first().asString().contains("--onnx");

        Run folder = Run.gatun("export", "--onnx", directory);
        assertThat(folder.status()).isEqualTo(1);
        assertThat(folder.errorLines()).hasSize(1).first().asString().contains(directory + " is a directory");
    }

    @Test
    void modelsListsEveryVariantWithItsCost() {
        Run run = Run.gatun("models");

        assertThat(run.status()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("resnet50 +ImageNet +224x224 +25,557,032 +4\\.089 .*"))
                .anyMatch(line -> line.matches("resnet20-cifar10 +CIFAR-10 +32x32 +269,722 .* 91\\.34 +bundled"));

        List<JsonNode> rows = Run.gatun("models", "--json").json();
        assertThat(rows)
                .extracting(row -> row.get("name").asText())
                .contains("resnet18", "resnet152", "resnet1202-cifar10");
        assertThat(rows.getFirst().get("parameters").asLong()).isEqualTo(11_689_512);
        assertThat(rows.getFirst().get("weights").get(0).get("name").asText()).isEqualTo("resnet18/IMAGENET1K_V1");
    }

    @Test
    void infoTellsVersionsAndMachine() {
        Run text = Run.gatun("info");
        assertThat(text.status()).as(text.err()).isZero();
        assertThat(text.out().lines())
                .extracting(line -> line.split(" ", 2)[0])
                .contains(
                        "gatun",
                        "java",
                        "oneDNN",
                        "ISA",
                        "AMX",
                        "cores",
                        "affinity",
                        "quota",
                        "threads",
                        "NUMA",
                        "cache");

        JsonNode info = Run.gatun("info", "--json").json().getFirst();
        assertThat(info.get("oneDnn").asText()).startsWith("3.");
        assertThat(info.get("usableThreads").asInt()).isPositive();
        assertThat(info.get("amx").asText()).isIn("USABLE", "FAULTS", "NOT_ADVERTISED");
        assertThat(info.get("oneDnnFile").asText())
                .satisfies(file -> assertThat(Path.of(file)).exists());
    }

    @Test
    void tellsItsVersion() {
        assertThat(Run.gatun("--version").out()).matches("gatun \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
    }

    /** picocli formats texts, and says on stderr, past everybody's ears, which it cannot. */
    @Test
    void everyTextOfHelpIsAFormat() {
        Terminal terminal =
                new Terminal(new ByteArrayOutputStream(), new ByteArrayOutputStream(), StandardCharsets.UTF_8, false);
        for (Object command : Commands.needed(terminal)) {
            CommandSpec spec = CommandSpec.forAnnotatedObject(command);
            List<String> texts = new ArrayList<>(List.of(spec.usageMessage().description()));
            texts.addAll(List.of(spec.usageMessage().footer()));
            spec.args().forEach(arg -> texts.addAll(List.of(arg.description())));
            assertThat(texts)
                    .isNotEmpty()
                    .allSatisfy(text -> assertThatCode(() -> String.format(Locale.ROOT, text))
                            .doesNotThrowAnyException());
        }
    }
}
