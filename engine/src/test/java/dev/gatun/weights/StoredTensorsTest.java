package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.FileStamp;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTensorsTest {
    private static final List<TensorSpec> EXPECTED =
            List.of(new TensorSpec("fc.weight", Shape.of(1, 2), Role.INNER_PRODUCT_WEIGHT));

    @TempDir
    Path directory;

    private Path write(float first, float second) {
        byte[] data = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(first)
                .putFloat(second)
                .array();
        return Fixtures.write(
                directory,
                Fixtures.safetensors(
                        "{\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}", data));
    }

    private static WeightSet open(Path file) {
        try (WeightSource source = WeightFiles.open(file)) {
            return WeightSet.check(source, EXPECTED, NameMapping.IDENTITY);
        }
    }

    @Test
    void valuesOfAFileAreReadAfterItsSourceIsClosed() {
        WeightSet weights = open(write(1, 2));
        assertThat(weights.get("fc.weight")).containsExactly(1, 2);
        assertThat(weights.get("fc.weight")).isNotSameAs(weights.get("fc.weight"));
    }

    @Test
    void valuesAreCheckedWhenTheyAreRead() {
        WeightSet weights = open(write(1, Float.NaN));
        assertThatThrownBy(() -> weights.get("fc.weight"))
                .isInstanceOf(WeightMismatchException.class)
                .hasMessageContaining("1 not finite: fc.weight (1 of 2)");
    }

    @Test
    void aFileThatHasChangedIsRefused() throws IOException {
        Path file = write(1, 2);
        WeightSet weights = open(file);
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertThatThrownBy(() -> weights.get("fc.weight"))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("has changed since it was opened");
        assertThat(weights.contentId()).isEmpty();

        Files.delete(file);
        assertThatThrownBy(() -> weights.get("fc.weight")).hasMessageContaining("does not exist");
    }

    @Test
    void aHashIsRememberedForAsLongAsTheFileStays() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "abc");
        Path notes = Files.createDirectory(directory.resolve("notes"));
        KnownHashes hashes = new KnownHashes(Optional.of(notes));
        // FIPS 180-2, appendix B.1
        String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(hashes.sha256(file, FileStamp.of(file))).contains(abc);

        Path note;
        try (Stream<Path> files = Files.list(notes)) {
            note = files.findFirst().orElseThrow();
        }
        String told = Files.readString(note);
        Files.writeString(note, told.replace(abc, "0".repeat(64)));
        assertThat(hashes.sha256(file, FileStamp.of(file))).as("from the note").contains("0".repeat(64));
        Files.writeString(note, told.substring(0, told.length() - 1));
        assertThat(hashes.sha256(file, FileStamp.of(file)))
                .as("from a truncated note")
                .contains(abc);

        FileStamp old = FileStamp.of(file);
        Files.writeString(file, "abcd");
        assertThat(hashes.sha256(file, FileStamp.of(file))).isPresent().get().isNotEqualTo(abc);
        assertThat(hashes.sha256(file, old)).isEmpty();
    }

    @Test
    void withoutANotebookHashesAreFoundAgain() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "abc");
        assertThat(new KnownHashes(Optional.empty()).sha256(file, FileStamp.of(file)))
                .isPresent();
    }
}
