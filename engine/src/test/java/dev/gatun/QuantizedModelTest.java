package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Blots;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.CalibrationImages;
import dev.gatun.quantize.QuantizeOptions;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.Quantizer;
import dev.gatun.quantize.SimulatedInt8;
import dev.gatun.quantize.SmallQuantized;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.Variants;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantised networks on the planner. */
class QuantizedModelTest {
    private static final Bar NO_BAR = new Bar(0, -100);

    @ParameterizedTest
    @CsvSource({"BASIC, ZERO_PAD", "BASIC, PROJECTION", "BOTTLENECK, PROJECTION", "BOTTLENECK, NONE"})
    void computesInInt8WhatCalibrationSaw(BlockKind kind, Shortcut shortcut) {
        QuantizedModel quantized = SmallQuantized.model(kind, shortcut, NO_BAR);
        Model model = Model.of(quantized, "test");
        CalibrationImages images = SmallQuantized.images(8, 5);
        float[][] expected =
                SimulatedInt8.run(quantized.network(), images, 4, 2).int8();
        for (InputFormat format : List.of(InputFormat.F32_NCHW, InputFormat.U8_NHWC)) {
            CompileOptions options =
                    CompileOptions.defaults().withPrecision(Precision.INT8).withInput(format);
            try (Runner runner = new Runner(model, options)) {
                assertThat(runner.compiled().toString()).contains("int8");
                for (int i = 0; i < images.size(); i++) {
                    // What is not int8 is bf16 where the CPU is fast in it.
                    assertThat(Errors.relative(run(runner, images, i, format), expected[i]))
                            .as("%s, image %d", format, i)
                            .isLessThan(0.03);
                }
            }
        }
    }

    private static float[] run(Runner runner, CalibrationImages images, int index, InputFormat format) {
        Preprocessor preprocessor = new Preprocessor(images.preprocessing());
        int samples = 3 * 32 * 32;
        if (format.pixels()) {
            byte[] pixels = new byte[samples];
            preprocessor.write(images.crops().get(index), format, MemorySegment.ofArray(pixels), 0);
            return runner.run(pixels);
        }
        float[] values = new float[samples];
        preprocessor.write(images.crops().get(index), format, MemorySegment.ofArray(values), 0);
        return runner.run(values);
    }

    @Test
    void computesInF32WithTheRealValuesOfItsWeights() {
        QuantizedModel quantized = SmallQuantized.model(BlockKind.BASIC, Shortcut.ZERO_PAD, NO_BAR);
        CalibrationImages images = SmallQuantized.images(8, 5);
        float[][] expected =
                SimulatedInt8.reference(quantized.network().graph(), quantized.network()::parameter, images, 4, 1);
        CompileOptions options = CompileOptions.defaults();
        try (Runner runner = new Runner(Model.of(quantized, "test"), options)) {
            for (int i = 0; i < images.size(); i++) {
                assertThat(Errors.relative(run(runner, images, i, options.input()), expected[i]))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void opensTheFileThatWasWritten(@TempDir Path directory) {
        QuantizedModel small = SmallQuantized.model(BlockKind.BASIC, Shortcut.ZERO_PAD, NO_BAR);
        QuantizedModel named = new QuantizedModel(
                "resnet20-cifar10",
                small.input(),
                small.preprocessing(),
                small.labels(),
                small.network(),
                small.report());
        Path file = directory.resolve("small.safetensors");
        QuantizedFile.write(named, file);
        Model model = ResNet.named("resnet20-cifar10").withClasses(7).weights(file);
        assertThat(model.quantized()).isPresent();
        assertThat(model.labels().names()).isEqualTo(small.labels());
        assertThatThrownBy(() -> ResNet.named("resnet50").weights(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + " is resnet20-cifar10 of 7 classes, quantised; expected resnet50 of 1000");
    }

    @Test
    void aFileSaysWhichNetworkItHolds(@TempDir Path directory) {
        Graph graph = GraphBuilder.build(Variants.named("resnet20-cifar10"));
        CalibrationImages images = SmallQuantized.images(12, 1);
        Quantizer.Result result = Quantizer.quantize(
                graph,
                new RandomValues(graph, 11)::get,
                images,
                QuantizeOptions.defaults().withBar(NO_BAR));
        Preprocessing preprocessing = images.preprocessing();
        List<String> labels = Labels.numbered(10).names();
        QuantizedModel quantized = new QuantizedModel(
                "resnet20-cifar10", InputSpec.CIFAR, preprocessing, labels, result.network(), result.report());
        Path path = directory.resolve("int8.safetensors");
        QuantizedFile.write(quantized, path);

        Preprocessing other = Preprocessing.cifar(Normalization.UNIT);
        try (ModelFile file = ModelFile.open(path)) {
            assertThat(file.container()).isEqualTo("quantised safetensors");
            assertThat(file.variants()).containsExactly(Variants.named("resnet20-cifar10"));
            assertThat(VariantRecognizer.recognize(file.source())).isEqualTo(file.variants());
            assertThat(file.quantized().orElseThrow().report().fallbacks()).isEmpty();
            assertThat(file.model().preprocessing()).isEqualTo(preprocessing);
            assertThat(file.model().withPreprocessing(other).preprocessing()).isEqualTo(other);
            assertThat(file.model().weights().contentId()).isPresent();
            assertThat(file.model().uncached().weights().contentId()).isEmpty();
            assertThat(file.model()
                            .uncached()
                            .quantized()
                            .orElseThrow()
                            .layerWeights()
                            .contentId())
                    .isEmpty();
        }
        QuantizedFile.write(
                new QuantizedModel(
                        "resnet32-cifar10", InputSpec.CIFAR, preprocessing, labels, result.network(), result.report()),
                path);
        try (ModelFile file = ModelFile.open(path)) {
            assertThat(file.variants())
                    .as("of a network under the name of another")
                    .isEmpty();
            assertThat(file.model().name()).isEqualTo("resnet32-cifar10");
        }
    }

    @Test
    void refusesToComputeAPlainModelInInt8() {
        CompileOptions options = CompileOptions.defaults().withPrecision(Precision.INT8);
        assertThatThrownBy(() -> ResNet.bundled().compile(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gatun quantize");
    }

    /** Images that were drawn serve for timing: every layer is in int8, and of the same weights it is the same network. */
    @Test
    void quantisesWithoutPhotographs() {
        Model model = ResNet.bundled();

        QuantizedModel quantized = DrawnQuantization.of(model);

        assertThat(quantized.report().fallbacks()).isEmpty();
        assertThat(DrawnQuantization.of(model).network().quantization().scales())
                .isEqualTo(quantized.network().quantization().scales());
        Model timed = Model.of(quantized, "drawn");
        assertThatThrownBy(() -> DrawnQuantization.of(timed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("is quantised already");
    }

    /** With ranges from corners of 64x64 the error was 0.27. */
    @Test
    void drawnRangesAreThoseOfWholeImages() {
        Model model = ResNet.named("resnet18").randomWeights(1);
        byte[] image = Blots.image(2, model.input().size(), 3);
        CompileOptions options = CompileOptions.defaults().withInput(InputFormat.U8_NHWC);
        try (Runner f32 = new Runner(model, options);
                Runner int8 = new Runner(
                        Model.of(DrawnQuantization.of(model), "drawn"), options.withPrecision(Precision.INT8))) {
            assertThat(Errors.relative(int8.run(image), f32.run(image))).isLessThan(0.03);
        }
    }
}
