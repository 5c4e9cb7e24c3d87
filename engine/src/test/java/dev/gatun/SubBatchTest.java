package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.PrecisionSupport;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network at its own size whose early layers take some images of a batch at a time, and whose late layers take all. */
class SubBatchTest {
    private static final int BATCH = 16;
    private static final int IMAGE = 3 * 224 * 224;
    private static final int CLASSES = 1000;

    private static Model model(Precision precision) {
        PrecisionSupport support = PrecisionSupport.of(precision);
        assumeTrue(support.level() == PrecisionSupport.Level.FAST, () -> "skipped: " + support.reason());
        Model plain = ResNet.named("resnet18").randomWeights(5);
        return precision == Precision.INT8 ? Model.of(DrawnQuantization.of(plain), "drawn") : plain;
    }

    private static CompileOptions options(Precision precision) {
        return CompileOptions.defaults().withPrecision(precision).withThreads(1).withBatch(BATCH);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void anImageHasTheSameBitsInEveryPlaceAndStream(Precision precision) {
        try (Runner runner = new Runner(model(precision), options(precision))) {
            assertThat(times("layer1.0.conv1", runner)).isGreaterThan(1);
            assertThat(times("layer4.0.conv1", runner)).isOne();
            System.out.printf("%s in sub-batches on %s%n", precision, OneDnn.effectiveIsa());
            float[] images = Runner.images(9, BATCH * IMAGE);

            float[] expected = runner.run(images);

            assertThat(runner.run(images)).isEqualTo(expected);
            assertThat(streamed(runner.compiled(), images)).isEqualTo(expected);
            int places = BATCH / 2 + 1;
            assertThat(runner.run(moved(images, places * IMAGE))).isEqualTo(moved(expected, places * CLASSES));
        }
    }

    /** Integers are added in any order; in floats oneDNN may add in another one for another number of images. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void aBatchAnswersAsSingleImagesDo(Precision precision) {
        Model model = model(precision);
        float[] images = Runner.images(9, BATCH * IMAGE);
        try (Runner batch = new Runner(model, options(precision));
                Runner single = new Runner(model, options(precision).withBatch(1))) {
            float[] found = batch.run(images);
            float[] expected = new float[found.length];
            for (int n = 0; n < BATCH; n++) {
                float[] logits = single.run(Arrays.copyOfRange(images, n * IMAGE, (n + 1) * IMAGE));
                System.arraycopy(logits, 0, expected, n * CLASSES, CLASSES);
            }
            if (precision == Precision.INT8) {
                assertThat(found).isEqualTo(expected);
            } else {
                assertThat(Errors.relative(found, expected)).isLessThan(precision == Precision.F32 ? 1e-5 : 1e-2);
            }
        }
    }

    /** The same with what was at the beginning at {@code by}, and the end at the beginning. */
    private static float[] moved(float[] values, int by) {
        float[] moved = new float[values.length];
        System.arraycopy(values, 0, moved, by, values.length - by);
        System.arraycopy(values, values.length - by, moved, 0, by);
        return moved;
    }

    private static long times(String layer, Runner runner) {
        return runner.compiled().steps().stream()
                .filter(step -> step.name().equals(layer))
                .count();
    }

    private static float[] streamed(CompiledModel compiled, float[] images) {
        try (Arena arena = Arena.ofShared();
                StreamPool pool = compiled.newPool()) {
            MemorySegment results = arena.allocate(ValueLayout.JAVA_FLOAT, (long) BATCH * CLASSES);
            pool.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, images), results, BATCH);
            return results.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
