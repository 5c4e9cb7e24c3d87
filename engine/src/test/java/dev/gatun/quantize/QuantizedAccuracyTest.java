package dev.gatun.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Hint;
import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.SharedData;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.onednn.OneDnn;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real networks lose on real images that they were not calibrated with, from their files and computed as users do. */
class QuantizedAccuracyTest {
    private static final int RECORD = 1 + 3 * 32 * 32;

    @TempDir
    Path directory;

    private record Outcome(int images, int f32, int int8, int agreeing) {
        Outcome plus(Outcome other) {
            return new Outcome(images + other.images, f32 + other.f32, int8 + other.int8, agreeing + other.agreeing);
        }
    }

    @Test
    void theBundledNetworkLosesLittle() throws IOException {
        cifarNetworkLosesLittle(ResNet.bundled());
    }

    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, cifar10/akamaster/resnet20-12fca82f.th, seconds",
        "resnet56-cifar10, cifar10/akamaster/resnet56-4bfd9763.th, minutes"
    })
    void cifarNetworksLoseLittle(String variant, String weights, String takes) throws IOException {
        assumeTimeFor(variant, takes);
        cifarNetworkLosesLittle(ResNet.named(variant).weights(SharedData.file(weights)));
    }

    private void cifarNetworkLosesLittle(Model model) throws IOException {
        byte[] calibration = Files.readAllBytes(SharedData.file("cifar10/calibration_2000.bin"));
        byte[] test = Files.readAllBytes(SharedData.file("cifar10/test_first5000.bin"));
        CalibrationImages some = CalibrationImages.prepare(240, i -> record(calibration, i), model.preprocessing());
        CalibrationImages evaluated =
                CalibrationImages.prepare(test.length / RECORD, i -> record(test, i), model.preprocessing());
        int[] classes =
                IntStream.range(0, evaluated.size()).map(i -> test[i * RECORD]).toArray();
        Outcome outcome = outcome(model, some, evaluated, classes);
        assertThat(outcome.int8())
                .as("loses at most 0.2 points of the 5,000")
                .isGreaterThanOrEqualTo(outcome.f32() - outcome.images() / 500);
        assertThat(outcome.agreeing()).isGreaterThanOrEqualTo((int) (0.99 * outcome.images()));
    }

    private static RgbImage record(byte[] records, int index) {
        byte[] rgb = new byte[RECORD - 1];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i % 1024 * 3 + i / 1024] = records[index * RECORD + 1 + i];
        }
        return new RgbImage(32, 32, rgb);
    }

    /** All images are evaluated: either half by the network that was calibrated with the other. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, imagenet/resnet18-pqf-small.legacy.pth, seconds",
        "resnet50, imagenet/resnet50-pqf-large.f16.safetensors, minutes"
    })
    void imageNetNetworksLoseLittle(String variant, String weights, String takes) throws IOException {
        assumeTimeFor(variant, takes);
        Model model = ResNet.named(variant).weights(SharedData.file(weights));
        List<String> labels = Files.readAllLines(SharedData.file("imagenet/labels.tsv"));
        List<String> even = every(labels, 0);
        List<String> odd = every(labels, 1);
        CalibrationImages evenImages = images(model, even);
        CalibrationImages oddImages = images(model, odd);
        Outcome outcome = outcome(model, evenImages, oddImages, classes(odd))
                .plus(outcome(model, oddImages, evenImages, classes(even)));
        assertThat(outcome.int8()).isGreaterThanOrEqualTo(outcome.f32() - 1);
        assertThat(outcome.agreeing()).isGreaterThanOrEqualTo((int) Math.ceil(0.97 * outcome.images()));
    }

    private static void assumeTimeFor(String variant, String takes) {
        boolean time = takes.equals("seconds") || Boolean.getBoolean("gatun.test.long");
        if (!time) {
            System.out.println("skipped: to quantise " + variant + " takes minutes; -Dgatun.test.long=true does it");
        }
        assumeTrue(time, "to quantise " + variant + " takes minutes");
    }

    private static List<String> every(List<String> lines, int second) {
        return IntStream.range(0, lines.size())
                .filter(i -> i % 2 == second)
                .mapToObj(lines::get)
                .toList();
    }

    private static int[] classes(List<String> lines) {
        return lines.stream()
                .mapToInt(line -> Integer.parseInt(line.split("\t", 2)[1]))
                .toArray();
    }

    private static CalibrationImages images(Model model, List<String> lines) throws IOException {
        Path images = SharedData.file("imagenet/images");
        return CalibrationImages.prepare(
                lines.size(), i -> decode(images.resolve(lines.get(i).split("\t", 2)[0])), model.preprocessing());
    }

    private static RgbImage decode(Path image) {
        try {
            return ImageDecoder.decode(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome outcome(Model model, CalibrationImages calibration, CalibrationImages evaluated, int[] classes) {
        Quantizer.Result result =
                Quantizer.quantize(model.graph(), model.weights()::get, calibration, QuantizeOptions.defaults());
        Path file = directory.resolve(model.name() + ".safetensors");
        QuantizedFile.write(
                new QuantizedModel(
                        model.name(),
                        model.input(),
                        model.preprocessing(),
                        model.labels().names(),
                        result.network(),
                        result.report()),
                file);
        int[] f32 = answers(model, Precision.F32, evaluated);
        int[] int8 = answers(ResNet.named(model.name()).weights(file), Precision.INT8, evaluated);
        Outcome outcome = new Outcome(classes.length, equal(f32, classes), equal(int8, classes), equal(int8, f32));
        System.out.printf(
                "%s: %s on %s, logits at %.1f dB on held-out images, in float %s%n",
                model,
                outcome,
                OneDnn.effectiveIsa(),
                result.report().decibels(),
                result.report().fallbacks());
        return outcome;
    }

    /** The top class of each image, on all streams of the machine. */
    private static int[] answers(Model model, Precision precision, CalibrationImages images) {
        CompileOptions options = CompileOptions.defaults()
                .withPrecision(precision)
                .withInput(InputFormat.U8_NHWC)
                .withHint(Hint.THROUGHPUT);
        Preprocessor preprocessor = new Preprocessor(images.preprocessing());
        long bytes = 3L * images.height() * images.width();
        try (Arena arena = Arena.ofShared();
                CompiledModel compiled = model.compile(options);
                StreamPool pool = compiled.newPool()) {
            int classes = compiled.dstShape().intDim(1);
            MemorySegment src = arena.allocate(images.size() * bytes);
            MemorySegment dst = arena.allocate(ValueLayout.JAVA_FLOAT, (long) images.size() * classes);
            for (int i = 0; i < images.size(); i++) {
                preprocessor.write(images.crops().get(i), InputFormat.U8_NHWC, src, i * bytes);
            }
            pool.run(src, dst, images.size());
            float[] logits = dst.toArray(ValueLayout.JAVA_FLOAT);
            return IntStream.range(0, images.size())
                    .map(i -> top(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes)))
                    .toArray();
        }
    }

    private static int equal(int[] some, int[] others) {
        return (int) IntStream.range(0, some.length)
                .filter(i -> some[i] == others[i])
                .count();
    }

    private static int top(float[] values) {
        int top = 0;
        for (int i = 1; i < values.length; i++) {
            top = values[i] > values[top] ? i : top;
        }
        return top;
    }
}
