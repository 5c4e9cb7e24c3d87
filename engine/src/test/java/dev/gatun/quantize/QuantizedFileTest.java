package dev.gatun.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.plan.QuantizedLayer;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.Shape;
import dev.gatun.spec.Shortcut;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.MemoryWeights;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.SafetensorsWriter.Tensor;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightMismatchException;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizedFileTest {
    private static QuantizedModel model;

    @TempDir
    private Path directory;

    @BeforeAll
    static void quantize() {
        QuantizedModel free = SmallQuantized.model(BlockKind.BASIC, Shortcut.ZERO_PAD, new Bar(0, -100));
        model = SmallQuantized.model(
                BlockKind.BASIC, Shortcut.ZERO_PAD, new Bar(0, free.report().decibels() + 2));
    }

    private Path written() {
        Path file = directory.resolve("small.safetensors");
        QuantizedFile.write(model, file);
        return file;
    }

    @Test
    void readsWhatItHasWritten() {
        try (WeightSource source = WeightFiles.open(written())) {
            assertThat(QuantizedFile.recognises(source)).isTrue();
            QuantizedModel read = QuantizedFile.read(source);
            assertThat(read.name()).isEqualTo(model.name());
            assertThat(read.input()).isEqualTo(model.input());
            assertThat(read.preprocessing()).isEqualTo(model.preprocessing());
            assertThat(read.labels()).isEqualTo(model.labels());
            assertThat(read.network().graph()).isEqualTo(model.network().graph());
            assertThat(read.network().quantization().scales())
                    .isEqualTo(model.network().quantization().scales());
            assertThat(read.network().quantization().stem())
                    .isEqualTo(model.network().quantization().stem());
            assertThat(read.network().quantization().layers())
                    .containsOnlyKeys(model.network().quantization().layers().keySet());
            assertThat(read.network().sums()).isEqualTo(model.network().sums());
            assertThat(read.report().fallbacks())
                    .isNotEmpty()
                    .isEqualTo(model.report().fallbacks());
            assertThat(read.report().values()).hasSameSizeAs(model.report().values());
            model.network()
                    .graph()
                    .parameters()
                    .forEach(parameter -> assertThat(read.network().parameter(parameter.name()))
                            .as(parameter.name())
                            .isEqualTo(model.network().parameter(parameter.name())));
        }
    }

    @Test
    void takesAByteForEachInt8Weight() throws IOException {
        long weights = 0;
        try (WeightSource source = WeightFiles.open(written())) {
            for (TensorInfo tensor : source.tensors().values()) {
                weights += tensor.type() == ElementType.I8 ? tensor.shape().elements() : 0;
            }
            assertThat(source.tensor("layer2.0.conv2.weight").type()).isEqualTo(ElementType.I8);
            assertThat(source.tensor("layer2.0.conv2.weight_scale").shape()).isEqualTo(Shape.of(16));
            assertThat(source.metadata()).containsEntry("arch", model.name()).containsKey("mean");
        }
        assertThat(weights).isPositive();
        assertThat(Files.size(directory.resolve("small.safetensors"))).isLessThan(weights * 4);
    }

    @Test
    void refusesAFileThatIsNotQuantised() {
        MemoryWeights weights =
                MemoryWeights.builder("plain").tensor("a", Shape.of(1), 1).build();
        assertThat(QuantizedFile.recognises(weights)).isFalse();
        assertThatThrownBy(() -> QuantizedFile.read(weights))
                .isInstanceOf(WeightFormatException.class)
                .hasMessage("plain: is not quantised, expected a file that 'gatun quantize' has written");
    }

    @Test
    void namesWhatDoesNotFit() {
        assertRefused((tensors, _) -> tensors.remove("layer1.0.conv1.bias"), "has no tensor 'layer1.0.conv1.bias'");
        assertRefused(
                (tensors, _) -> tensors.remove("layer2.0.conv2.weight_scale"),
                "has no tensor 'layer2.0.conv2.weight_scale'");
        assertRefused(
                (tensors, _) -> tensors.put("conv9.scale", Tensor.of("conv9.scale", Shape.of(), new float[] {1})),
                "tensors that no operation reads: [conv9.scale]");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.quantization", (_, text) -> text.replaceFirst("(\"scales\":\\{\"[^\"]+\":)", "$1-")),
                " is -0.");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.quantization",
                        (_, text) -> text.replaceFirst("\"scales\":\\{\"[^\"]+\"", "\"scales\":{\"conv9\"")),
                "no node is named conv9");
        assertRefused(
                (tensors, _) -> tensors.put("fc.bias", Tensor.of("fc.bias", Shape.of(7), new byte[7])),
                "tensor fc.bias I8[7], expected F32 or weights of I8");
        assertRefused(
                (tensors, _) -> tensors.put("conv1.bias", Tensor.of("conv1.bias", Shape.of(2), new float[2])),
                "tensor conv1.bias F32[2], expected the shape [8]");
        assertRefused((_, metadata) -> metadata.put("gatun.quantization", "{\"version\":3}"), "is of version 3");
        assertRefused((_, metadata) -> metadata.put("gatun.quantization", "{"), "gatun.quantization is malformed JSON");
        assertRefused(
                (_, metadata) -> metadata.put("gatun.network", "[]"), "its gatun.network is [], expected an object");
        assertRefused((_, metadata) -> metadata.remove("gatun.network"), "gatun.network is malformed JSON");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.network", (_, text) -> text.replace("\"op\":\"MaxPool\"", "\"op\":\"MinPool\"")),
                "unknown operation MinPool of node maxpool");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.network", (_, text) -> text.replace("\"src\":[\"maxpool\"", "\"src\":[\"layer9\"")),
                "reads layer9, which does not stand before it");
    }

    @Test
    void namesWeightsThatNoNetworkCanUseWhenTheyAreRead() {
        byte[] weights = new byte[16 * 16 * 9];
        weights[3] = Byte.MIN_VALUE;
        float[] scales = new float[16];
        Path file = changed((tensors, _) -> {
            tensors.put("layer2.0.conv2.weight", Tensor.of("layer2.0.conv2.weight", Shape.of(16, 16, 3, 3), weights));
            tensors.put("layer2.0.conv2.weight_scale", Tensor.of("layer2.0.conv2.weight_scale", Shape.of(16), scales));
            tensors.put(
                    "conv1.bias", Tensor.of("conv1.bias", Shape.of(8), new float[] {1, 2, 3, 4, 5, 6, 7, Float.NaN}));
        });
        try (WeightSource source = WeightFiles.open(file)) {
            QuantizedNetwork network = QuantizedFile.read(source).network();
            QuantizedLayer layer =
                    Objects.requireNonNull(network.quantization().layers().get("layer2.0.conv2"));
            assertThatThrownBy(layer::weights)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(file + ": layer2.0.conv2 has a weight of -128, expected -127 to 127");
            assertThatThrownBy(layer::scales)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(file + ": layer2.0.conv2 has scale 0.0 in channel 0, expected a positive one");
            assertThatThrownBy(() -> network.parameter("conv1.bias"))
                    .isInstanceOf(WeightMismatchException.class)
                    .hasMessageContaining("1 not finite: conv1.bias (1 of 8)");
        }
    }

    private void assertRefused(BiConsumer<Map<String, Tensor>, Map<String, String>> change, String message) {
        Path changed = changed(change);
        try (WeightSource source = WeightFiles.open(changed)) {
            assertThatThrownBy(() -> QuantizedFile.read(source))
                    .isInstanceOf(WeightFormatException.class)
                    .hasMessageStartingWith(changed + ": ")
                    .hasMessageContaining(message);
        }
    }

    private Path changed(BiConsumer<Map<String, Tensor>, Map<String, String>> change) {
        Path file = written();
        Path changed = directory.resolve("changed.safetensors");
        try (WeightSource source = WeightFiles.open(file)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            source.tensors()
                    .forEach((name, info) -> tensors.put(
                            name,
                            info.type() == ElementType.I8
                                    ? Tensor.of(name, info.shape(), source.readInt8(name))
                                    : Tensor.of(name, info.shape(), source.read(name))));
            Map<String, String> metadata = new LinkedHashMap<>(source.metadata());
            change.accept(tensors, metadata);
            List<Tensor> list = new ArrayList<>(tensors.values());
            SafetensorsWriter.write(changed, list, metadata);
        }
        return changed;
    }
}
