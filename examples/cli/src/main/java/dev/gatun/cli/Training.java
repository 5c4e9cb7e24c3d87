package dev.gatun.cli;

import dev.gatun.BundledModel;
import dev.gatun.DrawnQuantization;
import dev.gatun.ResNet;
import dev.gatun.quantize.QuantizedFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * What the launcher runs once under {@code -XX:AOTCacheOutput}: the JVM writes down which classes the common commands load and link, and
 * later starts from there (JEP 514, 515). Prints nothing; fails with a stack trace.
 */
final class Training {
    private static final List<String> PRECISIONS = List.of("f32", "bf16");

    private Training() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("gatun-training-");
        try {
            run(directory);
        } finally {
            delete(directory);
        }
    }

    private static void run(Path directory) throws IOException {
        Path weights = BundledModel.copyTo(directory.resolve("weights.safetensors"));
        Path photo = directory.resolve("photo.jpg");
        BufferedImage gray = new BufferedImage(300, 200, BufferedImage.TYPE_3BYTE_BGR);
        ImageIO.write(gray, "jpg", photo.toFile());
        Path drawing = directory.resolve("drawing.png");
        ImageIO.write(gray, "png", drawing.toFile());
        for (String precision : PRECISIONS) {
            for (int time = 0; time < 2; time++) { // the second finds what the first has cached
                gatun(
                        "classify",
                        "--model",
                        BundledModel.NAME,
                        "--weights",
                        weights.toString(),
                        "--precision",
                        precision,
                        photo.toString(),
                        drawing.toString());
            }
        }
        Path int8 = directory.resolve("int8.safetensors");
        QuantizedFile.write(DrawnQuantization.of(ResNet.bundled()), int8);
        for (int time = 0; time < 2; time++) {
            gatun("classify", "--weights", int8.toString(), photo.toString());
        }
        gatun("classify", "--json", photo.toString());
        gatun("inspect", weights.toString());
        gatun("models");
        gatun("info");
        gatun("--help");
    }

    private static void gatun(String... args) {
        Commands.prepare(args);
        Main.run(
                new Terminal(
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream(),
                        StandardCharsets.UTF_8,
                        false),
                args);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
