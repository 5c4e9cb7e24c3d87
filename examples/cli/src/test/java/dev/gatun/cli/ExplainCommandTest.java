package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.CompileOptions;
import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.answers.ClassActivation;
import dev.gatun.answers.HeatMap;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    private static final Path SHIP = Run.images().resolve("ship.png");

    @TempDir
    Path directory;

    @Test
    void writesAPictureThatPeopleCanSee() throws IOException {
        Path out = directory.resolve("ship.cam.png");

        Run run = Run.gatun("explain", "--out", out, SHIP);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines().toList().get(1)).matches(".*ship\\.png: ship, \\d+\\.\\d\\d %");
        assertThat(run.out()).endsWith("wrote " + out + System.lineSeparator());
        RgbImage picture = ImageDecoder.decode(out);
        assertThat(picture.width()).isEqualTo(224);
        assertThat(picture.height()).isEqualTo(224);
        assertThat(directory.toFile().list()).containsExactly("ship.cam.png");
    }

    @Test
    void printsTheMapOfTheClassAsked() throws IOException {
        JsonNode result = Run.gatun(
                        "explain", "--json", "--class", "frog", "--out", directory.resolve("frog.png"), SHIP)
                .json()
                .getFirst();

        assertThat(result.get("index").asInt()).isEqualTo(6);
        assertThat(result.get("label").asText()).isEqualTo("frog");
        Model model = ResNet.bundled();
        try (ClassActivation activation = new ClassActivation(model, CompileOptions.defaults())) {
            HeatMap heat = activation.explain(ImageDecoder.decode(SHIP), 6).heat();
            assertThat(result.get("map")).hasSize(8);
            for (int y = 0; y < 8; y++) {
                assertThat(result.get("map").get(y)).hasSize(8);
                for (int x = 0; x < 8; x++) {
                    assertThat(result.get("map").get(y).get(x).asDouble()).isCloseTo(heat.at(x, y), within(1e-5));
                }
            }
        }
        JsonNode byIndex = Run.gatun("explain", "--json", "--class", 6, "--out", directory.resolve("frog.png"), SHIP)
                .json()
                .getFirst();
        assertThat(byIndex).isEqualTo(result);
    }

    @Test
    void leavesNothingWhereItFails() throws IOException {
        Path out = directory.resolve("out.png");
        assertFails(Run.gatun("explain", "--out", out, "--class", 10, SHIP), "--class is '10', expected 0 to 9");
        assertFails(Run.gatun("explain", "--out", out, directory.resolve("none.png")), "no such file");
        Path text = Files.writeString(directory.resolve("text.png"), "no image");
        assertFails(Run.gatun("explain", "--out", out, text), "text.png: not a readable image");
        assertFails(Run.gatun("explain", "--out", directory.resolve("none/out.png"), SHIP), "there is no directory");
        assertThat(directory.toFile().list()).containsExactly("text.png");
    }

    private static void assertFails(Run run, String message) {
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1);
        assertThat(run.err()).startsWith("gatun explain: ").contains(message);
        assertThat(run.out()).isEmpty();
    }
}
