package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.PrecisionSupport;
import dev.gatun.plan.UnsupportedPrecisionException;
import dev.gatun.spec.Precision;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("isa")
class PrecisionTest {
    /** Tells on standard output why a precision is left out. */
    static boolean fast(Precision precision) {
        PrecisionSupport support = PrecisionSupport.of(precision);
        if (support.level() != PrecisionSupport.Level.FAST) {
            System.out.println("skipped " + precision + ": " + support.reason());
        }
        return support.level() == PrecisionSupport.Level.FAST;
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "F16"})
    void narrowPrecisionsStayNearF32(Precision precision) {
        assumeTrue(fast(precision), "no fast " + precision);
        compareWithF32(precision);
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "F16"})
    void aSlowPrecisionIsRefusedUnlessEmulated(Precision precision) {
        assumeFalse(
                PrecisionSupport.of(precision).level() == PrecisionSupport.Level.FAST,
                precision + " is fast on " + OneDnn.effectiveIsa());
        Model model = ResNet.bundled();
        CompileOptions options = CompileOptions.defaults().withPrecision(precision);
        assertThatThrownBy(() -> model.compile(options))
                .isInstanceOf(UnsupportedPrecisionException.class)
                .hasMessageContaining(precision.toString())
                .hasMessageContaining("emulation");
        compareWithF32(precision);
    }

    private static void compareWithF32(Precision precision) {
        Model model = ResNet.bundled();
        try (Runner narrow = new Runner(
                        model,
                        CompileOptions.defaults().withPrecision(precision).withEmulation(true));
                Runner wide = new Runner(model, CompileOptions.defaults())) {
            double worst = 0;
            for (int seed = 0; seed < 20; seed++) {
                float[] images = Runner.images(seed, wide.compiled());
                worst = Math.max(worst, Errors.relative(narrow.run(images), wide.run(images)));
            }
            System.out.printf(
                    "bundled model %s: relative error to f32 %.1e on %s%n", precision, worst, OneDnn.effectiveIsa());
            // It differs, for it is not f32 in disguise, and by a few roundings of its type.
            assertThat(worst).isBetween(1e-5, precision == Precision.BF16 ? 0.08 : 0.01);
        }
    }
}
