package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The error table: several models, ensembles, crops, and folders of classes. */
class EvaluateModelsTest {
    /** CIFAR-10's classes of the pictures, but for the airplane's, which is wrong. */
    private static final Map<String, Integer> CLASSES = new TreeMap<>(Map.of(
            "airplane.jpg", 2,
            "automobile.png", 1,
            "frog.png", 6,
            "horse.png", 7,
            "ship.png", 8,
            "truck.png", 9));

    private static final Object[] TWO = {
        "--model", "resnet20-cifar10", "--model", "resnet20-cifar10", "--weights", "random:3"
    };

    @TempDir
    Path directory;

    private Path labels = Path.of("");

    @BeforeEach
    void writeLabels() throws IOException {
        labels = Files.write(
                directory.resolve("val.txt"),
                CLASSES.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .toList());
    }

    @Test
    void tellsErrorsBesideThePublished() {
        JsonNode result = evaluate(new Object[0], "--json").json().getFirst();
        assertThat(result.get("images").asInt()).isEqualTo(6);
        assertThat(result.get("top1Error").asDouble()).isCloseTo(100 / 6.0, within(1e-3));
        assertThat(result.get("top1PublishedError").asDouble()).isEqualTo(8.66);
        assertThat(result.get("top1Difference").asDouble()).isCloseTo(100 / 6.0 - 8.66, within(1e-3));
        assertThat(result.has("top5PublishedError")).isFalse();

        assertThat(evaluate(new Object[0]).out().lines().toList().getLast())
                .matches("resnet20-cifar10 +bundled +16\\.67 +8\\.66 +\\+8\\.01 +\\d+\\.\\d\\d +- +-");
    }

    @Test
    void tellsEachModelAndAllTogether() {
        List<JsonNode> rows = evaluate(TWO, "--json", "--ensemble").json();
        assertThat(rows).hasSize(3);
        JsonNode alone = evaluate(new Object[] {"--weights", "random:3"}, "--json")
                .json()
                .getFirst();
        assertThat(rows.get(0).get("top1").asInt()).isEqualTo(5);
        assertThat(rows.get(1).get("top1")).isEqualTo(alone.get("top1"));
        assertThat(rows.get(1).get("top5")).isEqualTo(alone.get("top5"));
        assertThat(rows.get(1).get("weights").asText()).isEqualTo("random (seed 3)");
        assertThat(rows.get(2).get("model").asText()).isEqualTo("ensemble");
        assertThat(rows.get(2).get("top1").asInt()).isEqualTo(rightOfClassify(TWO));
        assertThat(evaluate(TWO, "--json").json()).hasSize(2);

        List<String> lines = evaluate(TWO, "--ensemble").out().lines().toList();
        assertThat(lines.getFirst()).startsWith("2 models, f32, ");
        assertThat(lines.get(lines.size() - 4)).matches("model +weights +top-1 error +published +difference .*");
        assertThat(lines.getLast()).startsWith("ensemble ");
    }

    /** Each model by its own mean and deviation, which begin no model of their own after its weights. */
    @Test
    void normalisesForEachModel() {
        String bundled = Run.root()
                .resolve("engine/src/main/resources/dev/gatun/models/resnet20-cifar10.safetensors")
                .toString();
        List<JsonNode> rows = evaluate(
                        new Object[] {
                            "--weights",
                            bundled,
                            "--mean",
                            "9,9,9",
                            "--weights",
                            bundled,
                            "--std",
                            "0.3,0.3,0.3",
                            "--mean",
                            "0.5,0.5,0.5",
                            "--weights",
                            bundled
                        },
                        "--json")
                .json();
        assertThat(rows)
                .extracting(row -> row.get("top1").asInt())
                .hasSize(3)
                .element(2)
                .isEqualTo(5);
        assertThat(rows.get(0).get("top1").asInt()).isLessThan(3);
        assertThat(rows.get(1).get("top1").asInt()).isGreaterThanOrEqualTo(4);
        assertFails(evaluate(new Object[] {"--mean", "0,0,0"}), 2, "--mean and --std go with --weights");
    }

    @Test
    void takesTenCrops() {
        Object[] model = {"--weights", "random:9", "--crops", 10};
        JsonNode result = evaluate(model, "--json").json().getFirst();
        assertThat(result.get("crops").asInt()).isEqualTo(10);
        assertThat(result.get("images").asInt()).isEqualTo(6);
        assertThat(result.get("top1").asInt()).isEqualTo(rightOfClassify(model));
    }

    /** Whole pictures, of which those of 32x32 are seen at 32x32 and 64x64. */
    @Test
    void takesSeveralScales() {
        Object[] model = {"--weights", "random:9", "--scales", "32,64"};
        JsonNode result = evaluate(model, "--json").json().getFirst();
        assertThat(result.get("scales")).extracting(JsonNode::asInt).containsExactly(32, 64);
        assertThat(result.get("images").asInt()).isEqualTo(6);
        assertThat(result.get("top1").asInt()).isEqualTo(rightOfClassify(model));
        assertThat(evaluate(model).out()).contains(", scales 32, 64");
    }

    @Test
    void averagesWhatItIsAskedTo() {
        Object[] logits = {
            "--model", "resnet20-cifar10", "--weights", "random:4", "--weights", "random:3", "--average", "logits"
        };
        List<JsonNode> rows = evaluate(logits, "--json", "--ensemble").json();
        assertThat(rows.getLast().get("model").asText()).isEqualTo("ensemble");
        assertThat(rows.getLast().get("top1").asInt()).isEqualTo(rightOfClassify(logits));
    }

    @Test
    void drawsTheErrors() throws Exception {
        Path plot = directory.resolve("errors.svg");
        assertThat(evaluate(TWO, "--ensemble", "--plot", plot).status()).isZero();
        Element svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(plot.toFile())
                .getDocumentElement();
        assertThat(svg.getTagName()).isEqualTo("svg");
        assertThat(texts(svg))
                .contains("resnet20-cifar10", "bundled", "random (seed 3)", "ensemble")
                .contains("top-1 16.67 %, published 8.66 (+8.01)")
                .filteredOn(text -> text.startsWith("top-"))
                .hasSize(6);
        // The bars of the bundled model: as long as its errors, and a line where the published one is.
        double left = bars(svg).get(0).x();
        double unit = bars(svg).get(0).width() / (100 / 6.0);
        assertThat(left + 8.66 * unit).isCloseTo(published(svg), within(0.05));
        assertThat(bars(svg)).hasSize(6);

        assertFails(evaluate(TWO, "--plot", directory), 1, "is a directory, expected a file to write");
    }

    private record Rectangle(double x, double width) {}

    private static List<Rectangle> bars(Element svg) {
        return elements(svg, "rect").stream()
                .filter(rect -> !rect.getAttribute("class").equals("page"))
                .map(rect -> new Rectangle(
                        Double.parseDouble(rect.getAttribute("x")), Double.parseDouble(rect.getAttribute("width"))))
                .toList();
    }

    private static double published(Element svg) {
        return elements(svg, "line").stream()
                .filter(line -> line.getAttribute("class").equals("published"))
                .mapToDouble(line -> Double.parseDouble(line.getAttribute("x1")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(Element svg) {
        return elements(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private static List<Element> elements(Element svg, String tag) {
        NodeList nodes = svg.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    /** The fine label counts; the coarse one, which is no class here, is not looked at. */
    @Test
    void readsTheFineLabelsOfCifar100() throws IOException {
        byte[] records = new byte[2 * (2 + 3072)];
        records[0] = 19;
        records[1] = 7;
        records[3074] = 19;
        records[3075] = 99;
        Path file = Files.write(directory.resolve("c.bin"), records);
        Run run = Run.gatun(
                "evaluate", "--json", "--model", "resnet20-cifar100", "--weights", "random", "--cifar100", file);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().getFirst().get("images").asInt()).isEqualTo(2);
        // Both images are black, so at most one label is right.
        assertThat(run.json().getFirst().get("top1").asInt()).isLessThan(2);
        assertFails(Run.gatun("evaluate", "--cifar100", file), 1, "record 1 has label 99, expected 0 to 9");
        assertFails(
                Run.gatun("evaluate", "--cifar100", Files.write(file, new byte[3073])),
                1,
                "3073 bytes, expected records of 3074 bytes (2 labels, 3x32x32)");
    }

    @Test
    void takesAFolderForEachClass() throws IOException {
        for (int index = 0; index < 10; index++) {
            Files.createDirectories(folder(index));
        }
        Files.createDirectories(directory.resolve("val/.hidden"));
        for (int index = 0; index < 10; index++) {
            Files.copy(Run.images().resolve("ship.png"), folder(index).resolve("filler.png"));
        }
        for (Map.Entry<String, Integer> entry : CLASSES.entrySet()) {
            Files.copy(
                    Run.images().resolve(entry.getKey()),
                    folder(entry.getValue()).resolve(entry.getKey()));
        }
        JsonNode result = Run.gatun("evaluate", "--json", "--folders", directory.resolve("val"))
                .json()
                .getFirst();
        assertThat(result.get("images").asInt()).isEqualTo(16);
        assertThat(result.get("top1").asInt()).isEqualTo(6);

        Files.delete(folder(3).resolve("filler.png"));
        assertFails(Run.gatun("evaluate", "--folders", directory.resolve("val")), 1, "no images in this directory");
        Files.delete(folder(3));
        assertFails(
                Run.gatun("evaluate", "--folders", directory.resolve("val")),
                1,
                "9 sub-directories, expected one for each of the 10 classes of resnet20-cifar10");
    }

    @Test
    void refusesWhatDoesNotGoTogether() throws IOException {
        Path logits = directory.resolve("logits.npy");
        assertFails(evaluate(TWO, "--logits", logits), 2, "--logits goes with one model and one crop");
        Path cifar = Files.write(directory.resolve("c.bin"), new byte[3073]);
        assertFails(Run.gatun("evaluate", "--cifar10", cifar, "--crops", 10), 2, "no other crops");
        assertFails(Run.gatun("evaluate", "--cifar10", cifar, "--scales", "32"), 2, "no other crops or scales");
        assertFails(evaluate(new Object[] {"--scales", "paper", "--crops", 10}), 2, "give one of them");
        assertFails(evaluate(new Object[] {"--scales", "32"}, "--logits", logits), 2, "one model and one crop");
        assertFails(evaluate(new Object[] {"--scales", "16"}), 1, "a scale of 16 pixels, expected at least 32");
        assertFails(
                evaluate(
                        new Object[] {
                            "--model",
                            "resnet20-cifar10",
                            "--weights",
                            "random",
                            "--classes",
                            11,
                            "--model",
                            "resnet20-cifar10"
                        },
                        "--ensemble"),
                1,
                "has 10 classes, expected as many as");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("val.txt", "c.bin");
    }

    /** How many pictures {@code classify} names as the labels do. */
    private static int rightOfClassify(Object... options) {
        int right = 0;
        for (Map.Entry<String, Integer> entry : CLASSES.entrySet()) {
            Object[] arguments = join(
                    new Object[] {"classify", "--json"},
                    join(options, Run.images().resolve(entry.getKey())));
            int named = Run.gatun(arguments)
                    .json()
                    .getFirst()
                    .get("top")
                    .get(0)
                    .get("index")
                    .asInt();
            right += named == entry.getValue() ? 1 : 0;
        }
        return right;
    }

    private Run evaluate(Object[] models, Object... more) {
        return Run.gatun(
                join(new Object[] {"evaluate", "--images", Run.images(), "--labels", labels}, join(models, more)));
    }

    private Path folder(int index) {
        return directory.resolve("val/n0000000" + index);
    }

    private static Object[] join(Object[] first, Object... second) {
        Object[] all = Arrays.copyOf(first, first.length + second.length, Object[].class);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static void assertFails(Run run, int status, String message) {
        assertThat(run.status()).as(run.err()).isEqualTo(status);
        assertThat(run.errorLines().getLast()).startsWith("gatun evaluate: ").contains(message);
        assertThat(run.out()).isEmpty();
    }
}
