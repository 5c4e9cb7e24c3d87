package dev.gatun.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedTest {
    private static final Path IMAGES = Path.of(System.getProperty("gatun.test.root"), "examples", "images");

    @Test
    void namesWhatIsDrawn() throws IOException, InterruptedException {
        String ship = IMAGES.resolve("ship.png").toString();
        String airplane = IMAGES.resolve("airplane.jpg").toString();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--class-path",
                System.getProperty("java.class.path"),
                "--enable-native-access=dev.gatun.natives,dev.gatun.onednn",
                "--illegal-native-access=deny",
                "--module",
                "dev.gatun.embedded/" + Embedded.class.getName(),
                ship,
                airplane));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(ship + ": ship ("),
                        line -> assertThat(line).startsWith(airplane + ": airplane ("));
    }
}
