package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
    @TempDir
    Path drawn;

    @ParameterizedTest
    @ValueSource(strings = {"airplane.jpg", "automobile.png", "frog.png", "horse.png", "ship.png", "truck.png"})
    void bundledModelNamesWhatIsDrawn(String picture) {
        Run run = Run.gatun("classify", "--json", Run.images().resolve(picture));

        assertThat(run.status()).as(run.err()).isZero();
        JsonNode best = run.json().getFirst().get("top").get(0);
        assertThat(best.get("label").asText()).isEqualTo(picture.substring(0, picture.indexOf('.')));
        assertThat(best.get("probability").asDouble()).isGreaterThan(0.9);
    }

    @Test
    void programDrawsThePicturesThatAreCommitted() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        Run.images().resolve("Drawings.java").toString(),
                        drawn.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();

        for (Path picture : ImageFiles.of(List.of(drawn))) {
            BufferedImage now = ImageIO.read(picture.toFile());
            BufferedImage committed =
                    ImageIO.read(Run.images().resolve(picture.getFileName()).toFile());
            assertThat(pixels(now)).as(picture.toString()).isEqualTo(pixels(committed));
        }
        assertThat(ImageFiles.of(List.of(drawn))).hasSameSizeAs(ImageFiles.of(List.of(Run.images())));
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
