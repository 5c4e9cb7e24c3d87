package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.ResNet;
import dev.gatun.natives.Machine;
import dev.gatun.spec.Shape;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesCommandTest {
    private static final Path SHIP = Run.images().resolve("ship.png");
    private static final Path FROG = Run.images().resolve("frog.png");

    @TempDir
    Path directory;

    /** The last layer is an inner product of the pooled features, which evaluate's logits come out of. */
    @Test
    void giveTheLogitsBehindTheLastLayer() throws IOException {
        Npys.Matrix features = npy("--threads", Math.min(2, Machine.current().usableThreads()), Run.images());
        Path labels = Files.write(
                directory.resolve("labels.tsv"),
                ImageFiles.of(List.of(Run.images())).stream()
                        .map(file -> file.getFileName() + "\t0")
                        .toList());
        Path out = directory.resolve("logits.npy");
        assertThat(Run.gatun("evaluate", "--images", Run.images(), "--labels", labels, "--logits", out)
                        .status())
                .isZero();
        Npys.Matrix logits = Npys.read(out);
        float[] weight = ResNet.bundled().weights().get("fc.weight");
        float[] bias = ResNet.bundled().weights().get("fc.bias");

        assertThat(features.rows()).isEqualTo(6);
        assertThat(features.columns()).isEqualTo(64);
        for (int i = 0; i < 6; i++) {
            for (int index = 0; index < 10; index++) {
                double logit = bias[index];
                for (int c = 0; c < 64; c++) {
                    logit += (double) weight[index * 64 + c] * features.values()[i * 64 + c];
                }
                assertThat(logit).isCloseTo(logits.values()[i * 10 + index], within(1e-3));
            }
        }
    }

    @Test
    void writesThePyramidAsTensors() {
        Path out = directory.resolve("pyramid.safetensors");
        Run run = Run.gatun("features", "--pool", "pyramid", "--out", out, SHIP, FROG);
        assertThat(run.status()).as(run.err()).isZero();
        try (WeightSource file = WeightFiles.open(out)) {
            assertThat(file.tensors().keySet()).containsExactly("c2", "c3", "c4");
            assertThat(file.tensor("c2").shape()).isEqualTo(Shape.of(2, 16, 32, 32));
            assertThat(file.tensor("c4").shape()).isEqualTo(Shape.of(2, 64, 8, 8));
            assertThat(file.metadata())
                    .containsEntry("model", "resnet20-cifar10")
                    .containsEntry("pool", "pyramid")
                    .containsEntry("files", SHIP + "\n" + FROG);
            float[] last = file.read("c4");
            JsonNode map = Run.gatun("features", "--pool", "map", FROG)
                    .json()
                    .getFirst()
                    .get("map");
            assertThat(map.get("shape")).extracting(JsonNode::asInt).containsExactly(64, 8, 8);
            assertThat(map.get("values")).hasSize(4096);
            for (int i = 0; i < 4096; i++) {
                assertThat(map.get("values").get(i).asDouble()).isCloseTo(last[4096 + i], within(1e-5));
            }
        }
    }

    @Test
    void writesMapsWithTheChannelsLast() {
        JsonNode planes =
                Run.gatun("features", "--pool", "map", SHIP).json().getFirst().get("map");
        JsonNode pixels = Run.gatun("features", "--pool", "map", "--layout", "nhwc", SHIP)
                .json()
                .getFirst()
                .get("map");
        assertThat(pixels.get("shape")).extracting(JsonNode::asInt).containsExactly(8, 8, 64);
        for (int c = 0; c < 64; c++) {
            for (int pixel = 0; pixel < 64; pixel++) {
                assertThat(pixels.get("values").get(pixel * 64 + c))
                        .isEqualTo(planes.get("values").get(c * 64 + pixel));
            }
        }
        Path out = directory.resolve("pyramid.safetensors");
        Run run = Run.gatun("features", "--pool", "pyramid", "--layout", "nhwc", "--out", out, SHIP, FROG);
        assertThat(run.status()).as(run.err()).isZero();
        try (WeightSource file = WeightFiles.open(out)) {
            assertThat(file.tensor("c2").shape()).isEqualTo(Shape.of(2, 32, 32, 16));
            assertThat(file.metadata()).containsEntry("layout", "NHWC");
        }
    }

    @Test
    void takesOtherSizesAndOutputStrides() {
        JsonNode larger = Run.gatun("features", "--pool", "map", "--size", 64, SHIP)
                .json()
                .getFirst();
        assertThat(larger.get("map").get("shape")).extracting(JsonNode::asInt).containsExactly(64, 16, 16);
        JsonNode dilated = Run.gatun("features", "--pool", "map", "--output-stride", 2, SHIP)
                .json()
                .getFirst();
        assertThat(dilated.get("map").get("shape")).extracting(JsonNode::asInt).containsExactly(64, 16, 16);
        JsonNode maximum = Run.gatun("features", "--pool", "max", SHIP).json().getFirst();
        assertThat(maximum.get("features").get("shape"))
                .extracting(JsonNode::asInt)
                .containsExactly(64);
    }

    @Test
    void marksUnreadableImages() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.png"), "no image");
        Path out = directory.resolve("features.npy");
        Run run = Run.gatun("features", "--out", out, SHIP, broken, FROG);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("gatun features: ").contains("broken.png: not a readable image");
        float[] values = Npys.read(out).values();
        for (int i = 0; i < 3 * 64; i++) {
            assertThat(Float.isNaN(values[i])).isEqualTo(i / 64 == 1);
        }
        Run json = Run.gatun("features", SHIP, broken);
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.json()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2 | --out features.txt                | expected a name that ends with .npy or .safetensors
            2 | --pool pyramid --out features.npy | a pyramid is several arrays
            2 | --pool sum                        | expected one of [AVG, MAX, MAP, PYRAMID]
            1 | --output-stride 32                | resnet20-cifar10 cannot have output stride 32
            1 | --size 16                         | expected at least 32
            """)
    void refusesWhatItCannotGive(int status, String arguments, String message) {
        Run run = Run.gatun((Object[]) ("features " + arguments + " " + SHIP).split(" ", -1));
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.errorLines()).hasSize(1);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    private Npys.Matrix npy(Object... arguments) throws IOException {
        Path out = directory.resolve("features.npy");
        Object[] all = new Object[arguments.length + 3];
        all[0] = "features";
        all[1] = "--out";
        all[2] = out;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        Run run = Run.gatun(all);
        assertThat(run.status()).as(run.err()).isZero();
        return Npys.read(out);
    }
}
