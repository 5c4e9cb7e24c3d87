package dev.gatun.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.OrtOracle;
import dev.gatun.image.Preprocessor;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.CalibrationImages;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.SimulatedInt8;
import dev.gatun.quantize.SmallQuantized;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Shortcut;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ONNX Runtime makes of quantised networks. */
class QdqWriterTest {
    private static final Bar NO_BAR = new Bar(0, -100);

    @ParameterizedTest
    @CsvSource({"BASIC, ZERO_PAD", "BASIC, PROJECTION", "BOTTLENECK, PROJECTION", "BOTTLENECK, NONE"})
    void onnxRuntimeComputesTheSameNetwork(BlockKind kind, Shortcut shortcut) {
        QuantizedModel model = SmallQuantized.model(kind, shortcut, NO_BAR);
        CalibrationImages images = SmallQuantized.images(8, 3);
        SimulatedInt8.Logits expected = SimulatedInt8.run(model.network(), images, 4, 2);
        try (OrtOracle oracle = OrtOracle.load(toBytes(model))) {
            for (int i = 0; i < images.size(); i++) {
                float[] image = new float[3 * 32 * 32];
                new Preprocessor(images.preprocessing())
                        .write(images.crops().get(i), InputFormat.F32_NCHW, MemorySegment.ofArray(image), 0);
                float[] logits = oracle.run(image, 1, 3, 32, 32).values();
                // Sums and images are rounded besides.
                assertThat(Errors.relative(logits, expected.int8()[i])).isLessThan(0.04);
            }
        }
    }

    @Test
    void writesTheBytesOfTheModel(@TempDir Path directory) throws IOException {
        QuantizedModel model = SmallQuantized.model(BlockKind.BASIC, Shortcut.NONE, NO_BAR);
        Path file = directory.resolve("small.onnx");
        QdqWriter.write(model.network(), model.name(), model.preprocessing().normalization(), file);
        assertThat(Files.readAllBytes(file)).isEqualTo(toBytes(model));
    }

    private static byte[] toBytes(QuantizedModel model) {
        return QdqWriter.toBytes(
                model.network(), model.name(), model.preprocessing().normalization());
    }
}
