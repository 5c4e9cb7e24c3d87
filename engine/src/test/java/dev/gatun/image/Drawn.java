package dev.gatun.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * Test images. The files under {@code drawn} hold {@link #pattern} or parts of it, written by Pillow 11.3 or, where it
 * cannot write a form, from the format's specification; {@code manifest.tsv} has CRC-32s of Pillow's RGB pixels, as
 * stored and turned upright.
 */
final class Drawn {
    record Entry(String file, int width, int height, int crc32, int crc32Upright) {
        @Override
        public String toString() {
            return file;
        }
    }

    private Drawn() {}

    /** A picture of gradients and wraps, the same formula that the files and the pinned checksums were made with. */
    static RgbImage pattern(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    rgb[at++] = (byte) (x * 37 / 4 + y * 11 + c * 59 + x * y * (c + 1) / 3);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    static List<Entry> entries() {
        return new String(bytes("manifest.tsv"), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(f -> new Entry(f[0], Integer.parseInt(f[1]), Integer.parseInt(f[2]), hex(f[3]), hex(f[4])))
                .toList();
    }

    static byte[] bytes(String file) {
        try (InputStream in = Drawn.class.getResourceAsStream("drawn/" + file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int hex(String digits) {
        return Integer.parseUnsignedInt(digits, 16);
    }

    static int crc32(RgbImage image) {
        CRC32 crc = new CRC32();
        crc.update(image.rgb());
        return (int) crc.getValue();
    }

    /** A directory of the shared test data, or a skip that says that it is absent. */
    static Path shared(String directory) {
        Path path = Path.of(System.getProperty("gatun.test.shared", ""), "data", directory);
        assumeTrue(Files.isDirectory(path), "no real data: " + path + " is absent (system property gatun.test.shared)");
        return path;
    }
}
