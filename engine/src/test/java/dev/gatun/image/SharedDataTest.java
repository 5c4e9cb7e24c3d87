package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Real images against torchvision's and Pillow's results; skipped where the shared test data is absent. */
class SharedDataTest {
    @Test
    void resizeAndCropAreByteIdenticalToPillow() throws IOException {
        Path directory = Drawn.shared("imagenet/pil_reference");
        int compared = 0;
        for (String[] row : rows(directory.resolve("manifest.tsv"))) {
            RgbImage image = ImageDecoder.decode(directory.resolve(row[0]));
            Interpolation interpolation = row[5].equals("bicubic") ? Interpolation.BICUBIC : Interpolation.BILINEAR;
            Preprocessing preprocessing = Preprocessing.square(
                    Integer.parseInt(row[4]), Integer.parseInt(row[6]), interpolation, Normalization.IMAGENET);
            byte[] npy = Files.readAllBytes(directory.resolve(row[3]));
            RgbImage out = new Preprocessor(preprocessing).resizeAndCrop(image);
            assertThat(ByteBuffer.wrap(out.rgb())).as(row[3]).isEqualTo(npyData(npy));
            compared++;
        }
        assertThat(compared).isEqualTo(30);
    }

    @Test
    void srcTensorsAreTorchvisionsToOneUlp() throws IOException {
        Path directory = Drawn.shared("imagenet");
        ByteBuffer expected = npyData(Files.readAllBytes(directory.resolve("preprocessed_f32.npy")));
        int elements = 3 * 224 * 224;
        Preprocessor preprocessor = new Preprocessor(Preprocessing.IMAGENET);
        List<String> files = Files.readAllLines(directory.resolve("labels.tsv")).subList(0, 6);
        int exact = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment dst = arena.allocate(6 * TensorWriter.imageBytes(InputFormat.F32_NCHW, 224, 224), 64);
            for (int i = 0; i < files.size(); i++) {
                Path file = directory.resolve("images", files.get(i).split("\t", -1)[0]);
                preprocessor.apply(
                        ImageDecoder.decode(file), InputFormat.F32_NCHW, dst, i * (long) elements * Float.BYTES);
            }
            for (int i = 0; i < 6 * elements; i++) {
                float want = expected.getFloat(expected.position() + i * Float.BYTES);
                float got = dst.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                assertThat(Math.abs(got - want)).isLessThanOrEqualTo(Math.ulp(want));
                exact += got == want ? 1 : 0;
            }
        }
        assertThat(exact).isEqualTo(6 * elements);
    }

    @Test
    void jpegsAreByteIdenticalToPillow() throws IOException {
        Path directory = Drawn.shared("imagenet");
        int identical = 0;
        List<String[]> rows = rows(directory.resolve("jpeg_decode_reference.tsv"));
        for (String[] row : rows) {
            RgbImage image = ImageDecoder.decode(directory.resolve("images", row[0]));
            identical += sha256(image.rgb()).equals(row[7]) ? 1 : 0;
        }
        assertThat(rows).hasSize(40);
        assertThat(identical).isEqualTo(40);
    }

    /** The digest is over "file sha256" lines of Pillow 11.3's RGB pixels, in the order of file names. */
    @Test
    void everyPhotographIsByteIdenticalToPillow() throws IOException {
        Path directory = Drawn.shared("imagenet/images");
        MessageDigest digest = digest();
        List<Path> files;
        try (var listing = Files.list(directory)) {
            files = listing.sorted().toList();
        }
        for (Path file : files) {
            add(digest, file.getFileName().toString(), ImageDecoder.decode(file));
        }
        assertThat(files).hasSize(240);
        assertThat(hex(digest)).isEqualTo("dcfd402999c1ca17d29ba9c1c7c79c51b630ac37f57a1f29402fab2affcfe8e3");
    }

    /**
     * Every verdict is Pillow's. The digests are over "file sha256" lines of Pillow 11.3's RGB pixels in the order of
     * the manifest, without the 25 PNGs of 16-bit gray (mode I), where the decoder differs on purpose.
     */
    @Test
    void oddImagesDecodeOrAreRefusedAsByPillow() throws IOException {
        Path directory = Drawn.shared("odd-images");
        Map<String, Integer> verdicts = new TreeMap<>();
        Map<String, MessageDigest> digests = new HashMap<>();
        for (String[] row : rows(directory.resolve("MANIFEST.tsv"))) {
            String pillows = row[7].equals("ok") ? "decoded" : "refused";
            String extension = row[0].substring(row[0].lastIndexOf('.') + 1);
            String ours = "decoded";
            try {
                RgbImage image = ImageDecoder.decode(directory.resolve(row[0]));
                assertThat(image.width() + "x" + image.height()).as(row[0]).isEqualTo(row[5]);
                if (!row[4].equals("I")) {
                    add(digests.computeIfAbsent(extension, e -> digest()), row[0], image);
                }
            } catch (ImageFormatException e) {
                assertThat(e).hasMessageContaining(row[0]);
                ours = "refused";
            }
            assertThat(ours).as(row[0]).isEqualTo(pillows);
            verdicts.merge(extension + " " + ours, 1, Integer::sum);
        }
        assertThat(verdicts)
                .containsExactly(
                        Map.entry("bmp decoded", 161),
                        Map.entry("jpg decoded", 55),
                        Map.entry("jpg refused", 11),
                        Map.entry("png decoded", 214),
                        Map.entry("png refused", 13));
        Map<String, String> found = new HashMap<>();
        digests.forEach((extension, digest) -> found.put(extension, hex(digest)));
        assertThat(found)
                .containsOnly(
                        Map.entry("jpg", "9b79f84f0c63904c199d659b2bca738f579d1b854a44f4e5112fe2c8f22e02f7"),
                        Map.entry("png", "53bb3199110073a54145312e733fc01b61a086d31d4a73b41d290213b0ef6967"),
                        Map.entry("bmp", "3d3e66dcd37db502865251afa33d6bd23855fdcfe707b5f74587d4e99d0b219a"));
    }

    private static List<String[]> rows(Path tsv) throws IOException {
        return Files.readAllLines(tsv).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .toList();
    }

    /** The data of a version 1 .npy file, little-endian. */
    private static ByteBuffer npyData(byte[] npy) {
        ByteBuffer file = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
        return file.position(10 + file.getShort(8)).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void add(MessageDigest digest, String file, RgbImage image) {
        digest.update((file + " " + sha256(image.rgb()) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
