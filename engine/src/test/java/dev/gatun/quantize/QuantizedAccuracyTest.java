package dev.gatun.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.SharedData;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real networks lose on real images that they were not calibrated with. */
class QuantizedAccuracyTest {
    private static final int RECORD = 1 + 3 * 32 * 32;
    private static final int THREADS = 2;

    private record Outcome(int images, int f32, int int8, int agreeing) {}

    @Test
    void theBundledNetworkLosesLittle() throws IOException {
        assertLosesLittle(ResNet.bundled());
    }

    @ParameterizedTest
    @CsvSource("resnet20-cifar10, cifar10/akamaster/resnet20-12fca82f.th")
    void cifarNetworksLoseLittle(String variant, String weights) throws IOException {
        assertLosesLittle(ResNet.named(variant).weights(SharedData.file(weights)));
    }

    private static void assertLosesLittle(Model model) throws IOException {
        byte[] calibration = Files.readAllBytes(SharedData.file("cifar10/calibration_2000.bin"));
        byte[] test = Files.readAllBytes(SharedData.file("cifar10/test_first5000.bin"));
        CalibrationImages some = CalibrationImages.prepare(240, i -> record(calibration, i), model.preprocessing());
        CalibrationImages evaluated =
                CalibrationImages.prepare(test.length / RECORD, i -> record(test, i), model.preprocessing());
        int[] classes =
                IntStream.range(0, evaluated.size()).map(i -> test[i * RECORD]).toArray();
        Outcome outcome = quantized(model, some, evaluated, classes);
        // 0.2 points of 5,000
        assertThat(outcome.int8()).isGreaterThanOrEqualTo(outcome.f32() - 10);
        assertThat(outcome.agreeing()).isGreaterThanOrEqualTo((int) (0.99 * outcome.images()));
    }

    private static RgbImage record(byte[] records, int index) {
        byte[] rgb = new byte[RECORD - 1];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i % 1024 * 3 + i / 1024] = records[index * RECORD + 1 + i];
        }
        return new RgbImage(32, 32, rgb);
    }

    @Test
    void anImageNetNetworkLosesLittle() throws IOException {
        Model model = ResNet.named("resnet18").weights(SharedData.file("imagenet/resnet18-pqf-small.legacy.pth"));
        Path directory = SharedData.file("imagenet/images");
        List<String> labels = Files.readAllLines(SharedData.file("imagenet/labels.tsv"));
        List<String> calibration = every(labels, 0);
        List<String> test = every(labels, 1);
        int[] classes = test.stream()
                .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf('\t') + 1)))
                .toArray();
        Outcome outcome =
                quantized(model, images(model, directory, calibration), images(model, directory, test), classes);
        assertThat(outcome.int8()).isGreaterThanOrEqualTo(outcome.f32() - 1);
        assertThat(outcome.agreeing()).isGreaterThanOrEqualTo((int) Math.ceil(0.97 * outcome.images()));
    }

    private static List<String> every(List<String> lines, int second) {
        return IntStream.range(0, lines.size())
                .filter(i -> i % 2 == second)
                .mapToObj(lines::get)
                .toList();
    }

    private static CalibrationImages images(Model model, Path directory, List<String> lines) {
        return CalibrationImages.prepare(
                lines.size(),
                i -> {
                    String line = lines.get(i);
                    try {
                        return ImageDecoder.decode(directory.resolve(line.substring(0, line.indexOf('\t'))));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                model.preprocessing());
    }

    private static Outcome quantized(
            Model model, CalibrationImages calibration, CalibrationImages evaluated, int[] classes) {
        Quantizer.Result result =
                Quantizer.quantize(model.graph(), model.weights()::get, calibration, QuantizeOptions.defaults());
        float[][] f32 = SimulatedInt8.reference(model.graph(), model.weights()::get, evaluated, 4, THREADS);
        float[][] int8 =
                SimulatedInt8.run(result.network(), evaluated, 4, THREADS).int8();
        int f32Right = 0;
        int int8Right = 0;
        int agreeing = 0;
        for (int i = 0; i < classes.length; i++) {
            int expected = top(f32[i]);
            int found = top(int8[i]);
            f32Right += expected == classes[i] ? 1 : 0;
            int8Right += found == classes[i] ? 1 : 0;
            agreeing += expected == found ? 1 : 0;
        }
        System.out.printf(
                "%s: f32 %d, int8 %d of %d right, %d agree, logits at %.1f dB on held-out images, in float %s%n",
                model,
                f32Right,
                int8Right,
                classes.length,
                agreeing,
                result.report().decibels(),
                result.report().fallbacks());
        return new Outcome(classes.length, f32Right, int8Right, agreeing);
    }

    private static int top(float[] values) {
        int top = 0;
        for (int i = 1; i < values.length; i++) {
            top = values[i] > values[top] ? i : top;
        }
        return top;
    }
}
