package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyCommandTest {
    private static final Path SHIP = Run.images().resolve("ship.png");

    @TempDir
    Path directory;

    @Test
    void tellsModelWeightsAndProbabilities() {
        Run run = Run.gatun("classify", "--model", "resnet20-cifar10", "--threads", 1, "--top", 3, SHIP);

        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).isEqualTo("resnet20-cifar10 with weights bundled, f32, 1 thread");
        assertThat(lines.get(2)).matches(".*ship\\.png \\(\\d+\\.\\d\\d ms\\)");
        assertThat(lines.get(3)).matches(" *(100\\.00|99\\.\\d\\d) %  █{19,20}.? * ship");
    }

    @Test
    void drawsBarsInAsciiWhereTheTerminalHasNoBlocks() {
        Run run = Run.gatun(StandardCharsets.US_ASCII, "classify", "--top", 1, SHIP);

        assertThat(run.out()).contains("%  ####################  ship").doesNotContain("?");
    }

    @Test
    void printsOneJsonObjectForEachImageAndNothingElse() {
        Run run = Run.gatun("classify", "--json", "--top", 2, Run.images());

        assertThat(run.status()).isZero();
        assertThat(run.json()).hasSize(6);
        JsonNode first = run.json().getFirst();
        assertThat(first.fieldNames()).toIterable().containsExactly("file", "model", "precision", "top", "ms");
        assertThat(first.get("file").asText())
                .isEqualTo(Run.images().resolve("airplane.jpg").toString());
        assertThat(first.get("model").asText()).isEqualTo("resnet20-cifar10");
        assertThat(first.get("precision").asText()).isEqualTo("f32");
        assertThat(first.get("ms").asDouble()).isPositive();
        assertThat(first.get("top")).hasSize(2);
        assertThat(first.get("top").get(0).fieldNames()).toIterable().containsExactly("index", "label", "probability");
        assertThat(first.get("top").get(0).get("index").asInt()).isZero();
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("weights bundled");
    }

    @Test
    void tellsNoMoreClassesThanThereAre() {
        Run run = Run.gatun("classify", "--json", "--top", 5000, SHIP);

        JsonNode top = run.json().getFirst().get("top");
        assertThat(top).hasSize(10);
        double sum = 0;
        for (JsonNode prediction : top) {
            sum += prediction.get("probability").asDouble();
        }
        assertThat(sum).isBetween(0.9999, 1.0001);
    }

    @Test
    void reportsABadImageAndGoesOn() throws IOException {
        Files.copy(SHIP, directory.resolve("a.png"));
        Files.writeString(directory.resolve("b.png"), "no image");
        Files.copy(SHIP, directory.resolve("c.png"));
        Files.write(
                directory.resolve("d.jpg"),
                Arrays.copyOf(Files.readAllBytes(Run.images().resolve("airplane.jpg")), 2000));

        Run run = Run.gatun("classify", "--json", directory);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.json())
                .extracting(
                        line -> Path.of(line.get("file").asText()).getFileName().toString())
                .containsExactly("a.png", "c.png");
        assertThat(run.errorLines()).hasSize(3);
        assertThat(run.errorLines().get(1)).startsWith("gatun classify: ").contains("b.png: not a readable image");
        assertThat(run.errorLines().get(2)).startsWith("gatun classify: ").contains("d.jpg: ");
    }

    @Test
    void reportsAMissingImageAndGoesOn() {
        Run run = Run.gatun("classify", "--json", directory.resolve("none.png"), SHIP);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.json()).hasSize(1);
        assertThat(run.errorLines().getLast())
                .isEqualTo("gatun classify: " + directory.resolve("none.png") + ": no such file or directory");
    }

    @Test
    void refusesADirectoryWithoutImages() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "");

        assertFails(Run.gatun("classify", directory), 1, directory + ": no images in this directory");
    }

    @Test
    void takesLabelsFromAFile() throws IOException {
        Path labels = directory.resolve("labels.txt");
        Files.write(labels, List.of("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"));

        Run run = Run.gatun("classify", "--labels", labels, "--json", SHIP);

        assertThat(run.json().getFirst().get("top").get(0).get("label").asText())
                .isEqualTo("acht");
    }

    @Test
    void refusesLabelsOfAnotherLength() throws IOException {
        Path labels = Files.writeString(directory.resolve("labels.txt"), "one\ntwo\n");

        assertFails(
                Run.gatun("classify", "--labels", labels, SHIP),
                1,
                labels + " has 2 lines, expected one for each of 10 classes");
    }

    @Test
    void classifiesWithRandomWeightsOfASeed() {
        Object[] arguments = {"classify", "--json", "--model", "resnet18", "--weights", "random:7", "--classes", 3, SHIP
        };
        Run run = Run.gatun(arguments);

        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("resnet18 with weights random (seed 7)");
        assertThat(run.json().getFirst().get("top")).hasSize(3);
        assertThat(Run.gatun(arguments).json().getFirst().get("top"))
                .isEqualTo(run.json().getFirst().get("top"));
    }

    @Test
    void computesInBfloat16WhereItIsAskedTo() {
        Run run = Run.gatun("classify", "--precision", "bf16", "--emulate", "--json", SHIP);

        assertThat(run.status()).isZero();
        assertThat(run.json().getFirst().get("precision").asText()).isEqualTo("bf16");
        assertThat(run.json().getFirst().get("top").get(0).get("label").asText())
                .isEqualTo("ship");
    }

    @Test
    void refusesWeightsThatDoNotExist() {
        assertFails(Run.gatun("classify", "--weights", directory.resolve("none.pth"), SHIP), 1, "none.pth");
        assertFails(
                Run.gatun("classify", "--model", "resnet18", "--weights", directory.resolve("none.pth"), SHIP),
                1,
                "none.pth");
    }

    @Test
    void refusesTruncatedWeights() throws IOException {
        byte[] whole = bundled();
        Path file = Files.write(directory.resolve("short.safetensors"), Arrays.copyOf(whole, 500_000));

        assertFails(Run.gatun("classify", "--weights", file, SHIP), 1, file.toString());
    }

    @Test
    void refusesWeightsOfAnotherVariant() throws IOException {
        Path file = Files.write(directory.resolve("r20.safetensors"), bundled());

        assertFails(
                Run.gatun("classify", "--model", "resnet32-cifar10", "--weights", file, SHIP),
                1,
                file + " does not fit the model; 60 missing: layer1.3.conv1.weight");
    }

    @Test
    void recognisesTheModelOfAWeightsFile() throws IOException {
        Path file = Files.write(directory.resolve("r20.safetensors"), bundled());

        Run run = Run.gatun("classify", "--weights", file, SHIP);

        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("resnet20-cifar10 with weights " + file);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --model resnet19 IMAGE                | unknown model 'resnet19', expected one of resnet18, resnet34
            --model resnet32-cifar10 IMAGE        | no weights are known for resnet32-cifar10
            --precision int4 IMAGE                | unknown precision 'int4', expected f32, bf16, f16 or int8
            --threads 0 IMAGE                     | '0' is not a whole number of at least 1
            --top -1 IMAGE                        | '-1' is not a whole number of at least 1
            --classes 3 IMAGE                     | --classes goes with --weights
            --nosuch IMAGE                        | Unknown option: '--nosuch'
            --json                                | Missing required parameter: 'IMAGE|DIR'
            """)
    void refusesWrongUsage(String arguments, String message) {
        Run run = Run.gatun((Object[]) ("classify " + arguments.replace("IMAGE", SHIP.toString())).split(" ", -1));

        assertFails(run, 2, message);
        assertThat(run.err()).endsWith("; see gatun classify --help" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "clasify x.png", "--bogus"})
    void refusesWhatIsNoCommand(String arguments) {
        Run run = arguments.isEmpty() ? Run.gatun() : Run.gatun((Object[]) arguments.split(" ", -1));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errorLines()).hasSize(1);
    }

    @Test
    void showsTheStackTraceOnlyIfAskedTo() {
        Path none = directory.resolve("none.pth");

        assertThat(Run.gatun("classify", "--weights", none, SHIP).err()).doesNotContain("\tat ");
        assertThat(Run.gatun("classify", "--verbose", "--weights", none, SHIP).err())
                .contains("\tat dev.gatun");
    }

    @Test
    void explainsItself() {
        Run run = Run.gatun("classify", "--help");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("--precision", "IMAGE|DIR", "Exit status");
    }

    private static byte[] bundled() throws IOException {
        return Files.readAllBytes(
                Run.root().resolve("engine/src/main/resources/dev/gatun/models/resnet20-cifar10.safetensors"));
    }

    private static void assertFails(Run run, int status, String message) {
        assertThat(run.errorLines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("gatun classify: ")
                .contains(message);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }
}
