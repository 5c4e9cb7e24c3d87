package dev.gatun.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                "there is no layer2.0.conv2.weight_scale");
        assertRefused(
                (tensors, _) -> tensors.put("conv9.scale", Tensor.of("conv9.scale", Shape.of(), new float[] {1})),
                "tensors that no operation reads: [conv9.scale]");
        assertRefused(
                (tensors, _) -> tensors.put("avgpool.scale", Tensor.of("avgpool.scale", Shape.of(), new float[] {-1})),
                "the scale of avgpool is -1.0, expected a positive one");
        assertRefused(
                (tensors, _) -> tensors.put("conv1.bias", Tensor.of("conv1.bias", Shape.of(2), new float[2])),
                "tensor conv1.bias F32[2], expected the shape [8]");
        assertRefused(
                (tensors, _) -> {
                    byte[] weights = new byte[16 * 16 * 9];
                    weights[3] = Byte.MIN_VALUE;
                    tensors.put(
                            "layer2.0.conv2.weight",
                            Tensor.of("layer2.0.conv2.weight", Shape.of(16, 16, 3, 3), weights));
                },
                "a weight is -128");
        assertRefused((_, metadata) -> metadata.put("gatun.quantization", "{\"version\":2}"), "is of version 2");
        assertRefused((_, metadata) -> metadata.put("gatun.quantization", "{"), "gatun.quantization is malformed JSON");
        assertRefused((_, metadata) -> metadata.put("gatun.network", "[]"), "gatun.network is no JSON object");
        assertRefused((_, metadata) -> metadata.remove("gatun.network"), "gatun.network is no JSON object");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.network", (_, text) -> text.replace("\"op\":\"max_pool\"", "\"op\":\"min_pool\"")),
                "node maxpool is of unknown op min_pool");
        assertRefused(
                (_, metadata) -> metadata.computeIfPresent(
                        "gatun.network", (_, text) -> text.replace("\"src\":\"maxpool\"", "\"src\":\"layer9\"")),
                "reads layer9, which does not stand before it");
    }

    private void assertRefused(BiConsumer<Map<String, Tensor>, Map<String, String>> change, String message) {
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
        try (WeightSource source = WeightFiles.open(changed)) {
            assertThatThrownBy(() -> QuantizedFile.read(source))
                    .isInstanceOf(WeightFormatException.class)
                    .hasMessageStartingWith(changed + ": ")
                    .hasMessageContaining(message);
        }
    }
}
