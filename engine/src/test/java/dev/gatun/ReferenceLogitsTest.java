package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessor;
import dev.gatun.onednn.OneDnn;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real weights on real images against logits that PyTorch computed. */
class ReferenceLogitsTest {
    private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

    /** What a whole data set gave. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Outcome(float[] logits, int top1, int top5) {}

    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, cifar10/akamaster/resnet20-12fca82f.th, 4574",
        "resnet56-cifar10, cifar10/akamaster/resnet56-4bfd9763.th, 4648",
        "resnet20-cifar10, cifar10/akamaster/resnet20-12fca82f.safetensors, 4574",
    })
    void cifarWeightsAnswerAsInPyTorch(String variant, String weights, int top1) throws IOException {
        Path file = SharedData.file(weights);
        Model model = ResNet.named(variant).weights(file);
        cifar(model, weights.replaceAll("\\.[a-z]+$", "") + ".ref_logits_f32.npy", top1);
    }

    @Test
    void theBundledModelAnswersAsItsCardSays() throws IOException {
        Model model = ResNet.bundled();
        cifar(model, "cifar10-trained/resnet20-cifar10.ref_logits_f32.npy", 4566);
    }

    private static void cifar(Model model, String reference, int top1) throws IOException {
        byte[] records = Files.readAllBytes(SharedData.file("cifar10/test_first5000.bin"));
        float[] expected = SharedData.npy(SharedData.file(reference));
        int batch = 50;
        int images = records.length / CIFAR_RECORD;
        float[] actual = new float[expected.length];
        int hits = 0;
        CompileOptions options = CompileOptions.defaults().withBatch(batch).withInput(InputFormat.U8_NCHW);
        try (Runner runner = new Runner(model, options)) {
            byte[] pixels = new byte[batch * (CIFAR_RECORD - 1)];
            for (int n = 0; n < images; n += batch) {
                for (int i = 0; i < batch; i++) {
                    System.arraycopy(
                            records, (n + i) * CIFAR_RECORD + 1, pixels, i * (CIFAR_RECORD - 1), CIFAR_RECORD - 1);
                }
                System.arraycopy(runner.run(pixels), 0, actual, n * 10, batch * 10);
            }
        }
        for (int n = 0; n < images; n++) {
            hits += SharedData.argMax(actual, n * 10, 10) == records[n * CIFAR_RECORD] ? 1 : 0;
        }
        double error = Errors.relative(actual, expected);
        System.out.printf("%s: top-1 %d, relative error %.2e on %s%n", model, hits, error, OneDnn.effectiveIsa());
        assertThat(error).isLessThan(1e-4);
        assertThat(hits).isBetween(top1 - 2, top1 + 2);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, imagenet/resnet18-pqf-small.legacy.pth, imagenet/resnet18-pqf-small.ref_logits_f32.npy, 185, 227",
        "resnet50, imagenet/resnet50-pqf-large.f16.safetensors, imagenet/resnet50-pqf-large.f16.ref_logits_f32.npy, 197, 230",
    })
    void imageNetWeightsAnswerAsInPyTorch(String variant, String weights, String reference, int top1, int top5)
            throws IOException {
        Path file = SharedData.file(weights);
        float[] expected = SharedData.npy(SharedData.file(reference));
        List<String> labels = Files.readAllLines(SharedData.file("imagenet/labels.tsv"));
        Model model = ResNet.named(variant).weights(file);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment images = preprocessed(arena, model, labels);
            imageNetAnswersAsInPyTorch(model, images, labels, expected, top1, top5);
        }
    }

    private static void imageNetAnswersAsInPyTorch(
            Model model, MemorySegment images, List<String> labels, float[] expected, int top1, int top5) {
        Outcome f32 = imageNet(model, Precision.F32, images, labels);
        double error = Errors.relative(f32.logits(), expected);
        System.out.printf(
                "%s f32: top-1 %d, top-5 %d, relative error %.2e on %s%n",
                model, f32.top1(), f32.top5(), error, OneDnn.effectiveIsa());
        assertThat(f32.top1()).isBetween(top1 - 2, top1 + 2);
        assertThat(f32.top5()).isBetween(top5 - 2, top5 + 2);
        assertThat(error).isLessThan(1e-4);
        for (Precision precision : List.of(Precision.BF16, Precision.F16)) {
            if (PrecisionTest.fast(precision)) {
                Outcome narrow = imageNet(model, precision, images, labels);
                int agree = agreement(narrow.logits(), f32.logits(), labels.size());
                System.out.printf(
                        "%s %s: top-1 %d, agrees with f32 on %d of %d, relative error %.2e%n",
                        model,
                        precision,
                        narrow.top1(),
                        agree,
                        labels.size(),
                        Errors.relative(narrow.logits(), f32.logits()));
                assertThat(agree).isGreaterThanOrEqualTo((int) Math.ceil(0.98 * labels.size()));
            }
        }
    }

    /** F32_NCHW of all images, one after the other. */
    private static MemorySegment preprocessed(Arena arena, Model model, List<String> labels) throws IOException {
        Path directory = SharedData.file("imagenet/images");
        Preprocessor preprocessor = new Preprocessor(model.preprocessing());
        long bytes =
                3L * model.preprocessing().cropHeight() * model.preprocessing().cropWidth() * Float.BYTES;
        MemorySegment images = arena.allocate(labels.size() * bytes, 64);
        for (int n = 0; n < labels.size(); n++) {
            String name = labels.get(n).split("\t", 2)[0];
            MemorySegment image = images.asSlice(n * bytes, bytes);
            preprocessor.apply(ImageDecoder.decode(directory.resolve(name)), InputFormat.F32_NCHW, image, 0);
        }
        return images;
    }

    /** On all streams of the machine. */
    private static Outcome imageNet(Model model, Precision precision, MemorySegment images, List<String> labels) {
        CompileOptions options =
                CompileOptions.defaults().withPrecision(precision).withHint(Hint.THROUGHPUT);
        float[] logits;
        try (Arena arena = Arena.ofShared();
                CompiledModel compiled = model.compile(options);
                StreamPool pool = compiled.newPool()) {
            MemorySegment dst = arena.allocate(labels.size() * 1000L * Float.BYTES, 64);
            pool.run(images, dst, labels.size());
            logits = dst.toArray(ValueLayout.JAVA_FLOAT);
        }
        int top1 = 0;
        int top5 = 0;
        for (int n = 0; n < labels.size(); n++) {
            int label = Integer.parseInt(labels.get(n).split("\t", 2)[1]);
            List<Prediction> top =
                    Prediction.top(Arrays.copyOfRange(logits, n * 1000, (n + 1) * 1000), Labels.numbered(1000), 5);
            top1 += top.getFirst().index() == label ? 1 : 0;
            top5 += top.stream().anyMatch(prediction -> prediction.index() == label) ? 1 : 0;
        }
        return new Outcome(logits, top1, top5);
    }

    private static int agreement(float[] one, float[] other, int images) {
        int agree = 0;
        for (int n = 0; n < images; n++) {
            agree += SharedData.argMax(one, n * 1000, 1000) == SharedData.argMax(other, n * 1000, 1000) ? 1 : 0;
        }
        return agree;
    }
}
