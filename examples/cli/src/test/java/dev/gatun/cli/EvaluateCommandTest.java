package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.natives.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    /** CIFAR-10's classes of the pictures. */
    private static final Map<String, Integer> CLASSES = new TreeMap<>(Map.of(
            "airplane.jpg", 0,
            "automobile.png", 1,
            "frog.png", 6,
            "horse.png", 7,
            "ship.png", 8,
            "truck.png", 9));

    private static final int PLANE = 32 * 32;

    @TempDir
    Path directory;

    @Test
    void countsWhatIsNamedRightly() throws IOException {
        Run run = Run.gatun("evaluate", "--images", Run.images(), "--labels", labels(CLASSES), "--json");

        assertThat(run.status()).as(run.err()).isZero();
        JsonNode result = run.json().getFirst();
        assertThat(result.get("model").asText()).isEqualTo("resnet20-cifar10");
        assertThat(result.get("weights").asText()).isEqualTo("bundled");
        assertThat(result.get("precision").asText()).isEqualTo("f32");
        assertThat(result.get("images").asInt()).isEqualTo(6);
        assertThat(result.get("unreadable").asInt()).isZero();
        assertThat(result.get("top1").asInt()).isEqualTo(6);
        assertThat(result.get("top5").asInt()).isEqualTo(6);
        assertThat(result.get("top1Accuracy").asDouble()).isEqualTo(1);
        assertThat(result.get("imagesPerSecond").asDouble()).isPositive();
        assertThat(run.err()).contains("evaluate: 6 of 6 images (100 %)");
    }

    @Test
    void countsWhatIsNamedWrongly() throws IOException {
        Map<String, Integer> wrong = new TreeMap<>(CLASSES);
        wrong.put("ship.png", 0);
        wrong.put("frog.png", 7);

        JsonNode result = Run.gatun("evaluate", "--images", Run.images(), "--labels", labels(wrong), "--json")
                .json()
                .getFirst();

        assertThat(result.get("top1").asInt()).isEqualTo(4);
    }

    @Test
    void printsForPeople() throws IOException {
        Run run = Run.gatun("evaluate", "--images", Run.images(), "--labels", labels(CLASSES), "--threads", 1);

        assertThat(run.out().lines())
                .startsWith(
                        "resnet20-cifar10 with weights bundled, f32, 1 thread, batch 6",
                        "  images      6",
                        "  top-1       6 (100.00 %)",
                        "  top-5       6 (100.00 %)");
    }

    @Test
    void writesTheSameLogitsForAnyBatchThreadsAndSource() throws IOException {
        Path labels = labels(CLASSES);
        int most = Machine.current().usableThreads();
        Npys.Matrix reference = logits("--images", Run.images(), "--labels", labels, "--batch", 1, "--threads", 1);
        assertThat(reference.rows()).isEqualTo(6);
        assertThat(reference.columns()).isEqualTo(10);

        Path cifar = cifar();
        List<Npys.Matrix> others = List.of(
                logits("--images", Run.images(), "--labels", labels, "--batch", 4, "--threads", 1),
                logits("--images", Run.images(), "--labels", labels, "--batch", 2, "--threads", most),
                logits("--cifar10", cifar, "--batch", 4, "--threads", 1),
                logits("--cifar10", cifar, "--batch", 5, "--threads", most));
        for (Npys.Matrix other : others) {
            assertThat(other.relativeError(reference)).isLessThan(1e-5);
        }
    }

    @Test
    void takesTheFirstImagesOnly() throws IOException {
        Npys.Matrix all = logits("--cifar10", cifar(), "--threads", 1, "--batch", 2);
        Npys.Matrix three = logits("--cifar10", cifar(), "--threads", 1, "--batch", 2, "--limit", 3);

        assertThat(three.rows()).isEqualTo(3);
        assertThat(three.values()).containsExactly(Arrays.copyOf(all.values(), 30));
    }

    @Test
    void leavesOutAnUnreadableImage() throws IOException {
        for (String name : CLASSES.keySet()) {
            Files.copy(Run.images().resolve(name), directory.resolve(name));
        }
        Files.writeString(directory.resolve("frog.png"), "no image");
        Files.delete(directory.resolve("horse.png"));
        Path out = directory.resolve("logits.npy");

        Run run = Run.gatun(
                "evaluate",
                "--images",
                directory,
                "--labels",
                labels(CLASSES),
                "--logits",
                out,
                "--json",
                "--batch",
                2);

        assertThat(run.status()).isEqualTo(1);
        JsonNode result = run.json().getFirst();
        assertThat(result.get("images").asInt()).isEqualTo(4);
        assertThat(result.get("unreadable").asInt()).isEqualTo(2);
        assertThat(result.get("top1").asInt()).isEqualTo(4);
        assertThat(run.err()).contains("frog.png: not a readable image", "horse.png: no such file or directory");
        float[] logits = Npys.read(out).values();
        for (int i = 0; i < logits.length; i++) {
            assertThat(Float.isNaN(logits[i])).as("logit " + i).isEqualTo(i / 10 == 2 || i / 10 == 3);
        }
    }

    @Test
    void refusesAFileThatHasNoWholeRecords() throws IOException {
        Path file = Files.write(directory.resolve("odd.bin"), new byte[3074]);

        assertFails(Run.gatun("evaluate", "--cifar10", file), 1, file + ": 3074 bytes, expected records of 3073 bytes");
    }

    @Test
    void refusesALabelThatIsNoClass() throws IOException {
        byte[] records = new byte[2 * 3073];
        records[3073] = 10;
        Path file = Files.write(directory.resolve("labels.bin"), records);

        Run run = Run.gatun("evaluate", "--cifar10", file);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines().getLast())
                .isEqualTo("gatun evaluate: " + file + ": record 1 has label 10, expected 0 to 9");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void refusesCifarForAnImageNetModel() throws IOException {
        assertFails(
                Run.gatun("evaluate", "--model", "resnet18", "--weights", "random", "--cifar10", cifar()),
                1,
                "resnet18 takes images of 224x224, those of --cifar10 are 32x32");
    }

    @Test
    void refusesATableThatIsNone() throws IOException {
        Path table = Files.writeString(directory.resolve("t.tsv"), "ship.png\t8\nfrog.png;6\n");
        assertFails(
                Run.gatun("evaluate", "--images", Run.images(), "--labels", table),
                1,
                table + ": line 2 is 'frog.png;6', expected FILE<tab>CLASS with a class of 0 to 9");

        Files.writeString(table, "ship.png\t10\n");
        assertFails(Run.gatun("evaluate", "--images", Run.images(), "--labels", table), 1, "line 1 is 'ship.png 10'");

        Files.writeString(table, "\n");
        assertFails(Run.gatun("evaluate", "--images", Run.images(), "--labels", table), 1, table + ": no lines");
    }

    @Test
    void refusesImagesWithoutLabelsAndBothSources() throws IOException {
        assertFails(Run.gatun("evaluate", "--images", Run.images()), 2, "--labels");
        assertFails(Run.gatun("evaluate"), 2, "--cifar10");
        assertFails(
                Run.gatun("evaluate", "--cifar10", cifar(), "--images", Run.images(), "--labels", labels(CLASSES)),
                2,
                "mutually exclusive");
    }

    @Test
    void tellsThatTheLogitsCannotBeWritten() throws IOException {
        Path missing = directory.resolve("none/logits.npy");
        assertFails(
                Run.gatun("evaluate", "--cifar10", cifar(), "--logits", missing),
                1,
                "cannot write " + missing + ": there is no directory");
        assertThat(directory.toFile().list()).containsExactly("pictures.bin");
    }

    private Npys.Matrix logits(Object... arguments) throws IOException {
        Path out = directory.resolve("logits.npy");
        Object[] all = Arrays.copyOf(arguments, arguments.length + 3);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[0] = "evaluate";
        all[all.length - 2] = "--logits";
        all[all.length - 1] = out;
        Run run = Run.gatun(all);
        assertThat(run.status()).as(run.err()).isZero();
        return Npys.read(out);
    }

    private Path labels(Map<String, Integer> classes) throws IOException {
        return Files.write(
                directory.resolve("labels.tsv"),
                classes.entrySet().stream()
                        .map(entry -> entry.getKey() + "\t" + entry.getValue())
                        .toList());
    }

    /** The pictures as CIFAR-10 stores images. */
    private Path cifar() throws IOException {
        Preprocessor preprocessor = new Preprocessor(Preprocessing.cifar(Normalization.UNIT));
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (Map.Entry<String, Integer> entry : CLASSES.entrySet()) {
            RgbImage image =
                    preprocessor.resizeAndCrop(ImageDecoder.decode(Run.images().resolve(entry.getKey())));
            records.write(entry.getValue());
            for (int c = 0; c < 3; c++) {
                for (int i = 0; i < PLANE; i++) {
                    records.write(image.sample(i % 32, i / 32, c));
                }
            }
        }
        return Files.write(directory.resolve("pictures.bin"), records.toByteArray());
    }

    private static void assertFails(Run run, int status, String message) {
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.errorLines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("gatun evaluate: ")
                .contains(message);
        assertThat(run.out()).isEmpty();
    }
}
