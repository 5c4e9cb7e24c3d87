package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NpzTest {
    @TempDir
    private Path directory;

    private static byte[] npy(String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) text.length)
                .put(text)
                .put(data)
                .array();
    }

    private static String header(String descr, String order, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': (" + shape + "), }     \n";
    }

    private static byte[] sixFloats(String descr, String order, ByteOrder bytes) {
        return npy(header(descr, order, "2, 3"), Fixtures.floats(bytes, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void readsArraysOfEveryOrderAndType() {
        Path file = Fixtures.write(
                directory,
                new ZipWriter(true)
                        .entry("layer1.0.conv1.weight.npy", sixFloats("<f4", "False", ByteOrder.LITTLE_ENDIAN))
                        .entry("big.npy", sixFloats(">f4", "False", ByteOrder.BIG_ENDIAN))
                        .entry("fortran.npy", sixFloats("<f4", "True", ByteOrder.LITTLE_ENDIAN))
                        .entry("half.npy", npy(header("<f2", "False", "1,"), (byte) 0, (byte) 0x3c))
                        .entry("scalar.npy", npy(header("<i8", "False", ""), new byte[8]))
                        .end());
        try (WeightSource source = WeightFiles.open(file)) {
            assertThat(source.container()).isEqualTo("NumPy npz");
            assertThat(source.tensors().keySet())
                    .containsExactly("layer1.0.conv1.weight", "big", "fortran", "half", "scalar");
            assertThat(source.tensor("big").shape()).isEqualTo(Shape.of(2, 3));
            assertThat(source.read("layer1.0.conv1.weight")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(source.read("big")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(source.read("fortran")).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(source.read("half")).containsExactly(1);
            assertThat(source.tensor("scalar")).hasToString("scalar I64[]");
        }
    }

    static Stream<Arguments> entries() {
        byte[] four = new byte[4];
        return Stream.of(
                Arguments.of("no header", new byte[] {1, 2, 3}, "does not start as a .npy file"),
                Arguments.of("a pickled object", npy(header("|O", "False", "1,"), four), "expected descr"),
                Arguments.of("a program for a header", npy("__import__('os').system('true')", four), "expected descr"),
                Arguments.of(
                        "a header beyond the end", Arrays.copyOf(npy(header("<f4", "False", "1,")), 20), "header of"),
                Arguments.of("text", npy(header("<U8", "False", "1,"), four), "expected descr"),
                Arguments.of("an odd type", npy(header("<f3", "False", "1,"), four), "type 'f3'"),
                Arguments.of(
                        "too little data", npy(header("<f4", "False", "2,"), four), "has 4 bytes of data, expected 8"),
                Arguments.of(
                        "a shape that overflows",
                        npy(header("<f4", "False", "4611686018427387904, 4611686018427387904"), four),
                        "counted"),
                Arguments.of(
                        "an extent that overflows",
                        npy(header("<f4", "False", "99999999999999999999"), four),
                        "extents"),
                Arguments.of("too many axes", npy(header("<f4", "False", "1, ".repeat(17)), four), "17 axes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void rejectsEntriesWith(String what, byte[] entry, String problem) {
        Path file = Fixtures.write(
                directory, new ZipWriter(false).entry("a.npy", entry).end());
        assertThatThrownBy(() -> WeightFiles.open(file))
                .as(what)
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void refusesCompressedArraysAndOtherArchives() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a.npy"));
            zip.write(sixFloats("<f4", "False", ByteOrder.LITTLE_ENDIAN));
        }
        Path compressed = Fixtures.write(directory, bytes.toByteArray());
        assertThatThrownBy(() -> WeightFiles.open(compressed))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("'a.npy' is compressed");
        Path keras = Fixtures.write(
                directory,
                new ZipWriter(false).entry("metadata.json", new byte[2]).end());
        assertThatThrownBy(() -> WeightFiles.open(keras))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining(".keras");
    }

    @Test
    void survivesMutation() throws IOException {
        byte[] whole = new ZipWriter(false)
                .entry("a.npy", sixFloats("<f4", "False", ByteOrder.LITTLE_ENDIAN))
                .entry("b.npy", sixFloats("<f4", "True", ByteOrder.LITTLE_ENDIAN))
                .end();
        SplittableRandom random = new SplittableRandom(20261121);
        Path file = directory.resolve("mutant.npz");
        int rejected = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] mutant = whole.clone();
            for (int edit = random.nextInt(1, 5); edit > 0; edit--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            }
            try (WeightSource source = WeightFiles.open(Files.write(file, mutant))) {
                for (TensorInfo tensor : source.tensors().values()) {
                    if (tensor.type().readable()) {
                        source.read(tensor.name());
                    }
                }
            } catch (WeightFormatException e) {
                rejected++;
            }
        }
        assertThat(rejected).isGreaterThan(100);
    }
}
