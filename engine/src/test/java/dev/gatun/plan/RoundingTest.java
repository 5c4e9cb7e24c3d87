package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundingTest {
    @Test
    void bfloat16TakesTheNearerNeighbourAndTheEvenOneOfTwo() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 20_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (!Float.isFinite(value) || Math.abs(value) > 3e38f) {
                continue;
            }
            float below = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
            float above = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
            BigDecimal toBelow = distance(value, below);
            BigDecimal toAbove = distance(value, above);
            int order = toBelow.compareTo(toAbove);
            boolean belowIsEven = (Float.floatToRawIntBits(below) & 0x10000) == 0;
            float expected = order < 0 || (order == 0 && belowIsEven) ? below : above;
            assertThat(Rounding.BF16.round(value)).isEqualTo(expected);
        }
    }

    private static BigDecimal distance(float a, float b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    @Test
    void specialValuesSurvive() {
        for (Rounding rounding : Rounding.values()) {
            assertThat(rounding.round(Float.NaN)).isNaN();
            assertThat(rounding.round(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
            assertThat(rounding.round(-0f)).isEqualTo(-0f);
            assertThat(rounding.round(1f)).isEqualTo(1f);
        }
    }

    @Test
    void binary16KeepsElevenBits() {
        assertThat(Rounding.F16.round(2049)).isEqualTo(2048);
        assertThat(Rounding.F16.round(2051)).isEqualTo(2052);
        assertThat(Rounding.F16.round(1e6f)).isEqualTo(Float.POSITIVE_INFINITY);
    }
}
