package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    private Path directory;

    private float[] roundTrip(ElementType type, float... values) {
        Path file = directory.resolve("out.safetensors");
        MemoryWeights source = MemoryWeights.builder("test")
                .tensor("a", Shape.of(values.length), values)
                .build();
        SafetensorsWriter.write(file, source, type, Map.of());
        try (WeightSource written = WeightFiles.open(file)) {
            assertThat(written.tensor("a").type()).isEqualTo(type);
            return written.read("a");
        }
    }

    @Test
    void keepsNamesShapesOrderMetadataAndValues() {
        Path file = directory.resolve("out.safetensors");
        MemoryWeights source = MemoryWeights.builder("test")
                .tensor("z \"quoted\" ü", Shape.of(2, 3), Fixtures.count(6))
                .tensor("scalar", Shape.of(), 4)
                .tensor("empty", Shape.of(0, 5))
                .tensor("big", Shape.of(70_001), Fixtures.count(70_001))
                .build();
        SafetensorsWriter.write(file, source, ElementType.F32, Map.of("classes", "cat,dog"));
        try (WeightSource written = WeightFiles.open(file)) {
            assertThat(written.metadata()).isEqualTo(Map.of("classes", "cat,dog"));
            assertThat(written.tensors()).isEqualTo(source.tensors());
            assertThat(written.tensors().keySet())
                    .containsExactlyElementsOf(source.tensors().keySet());
            source.tensors()
                    .keySet()
                    .forEach(name -> assertThat(written.read(name)).isEqualTo(source.read(name)));
        }
    }

    @Test
    void roundsToNearestEven() {
        float tieToEven = 1 + 0x1p-8f;
        float tieToOdd = 1 + 3 * 0x1p-8f;
        float aboveTie = 1 + 0x1p-8f + 0x1p-20f;
        assertThat(roundTrip(ElementType.BF16, tieToEven, tieToOdd, aboveTie, -0f, Float.NaN))
                .containsExactly(1, 1 + 0x1p-6f, 1 + 0x1p-7f, -0f, Float.NaN);
        assertThat(roundTrip(ElementType.BF16, Float.intBitsToFloat(0x7f800001)))
                .containsExactly(Float.NaN);
        assertThat(roundTrip(ElementType.F16, 1 + 0x1p-11f, 1 + 3 * 0x1p-11f, 65504f, 0x1p-25f))
                .containsExactly(1, 1 + 0x1p-9f, 65504f, 0);
        assertThat(roundTrip(ElementType.F32, 0.1f, Float.MIN_VALUE)).containsExactly(0.1f, Float.MIN_VALUE);
    }

    @Test
    void refusesValuesBeyondF16AndLeavesTheOldFileAlone() throws IOException {
        roundTrip(ElementType.F32, 1, 2);
        byte[] before = Files.readAllBytes(directory.resolve("out.safetensors"));
        assertThatThrownBy(() -> roundTrip(ElementType.F16, 1, 65520))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a'")
                .hasMessageContaining("65520");
        assertThat(Files.readAllBytes(directory.resolve("out.safetensors"))).isEqualTo(before);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void refusesTypesItCannotWriteAndDirectoriesThatAreNotThere() {
        MemoryWeights none = MemoryWeights.builder("test").build();
        assertThatThrownBy(() -> SafetensorsWriter.write(directory.resolve("a"), none, ElementType.I64, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        Path nowhere = directory.resolve("no/such/directory/out.safetensors");
        assertThatThrownBy(() -> SafetensorsWriter.write(nowhere, none, ElementType.F32, Map.of()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(nowhere.toString());
    }
}
