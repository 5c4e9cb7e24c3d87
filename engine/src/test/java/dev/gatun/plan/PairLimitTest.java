package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairLimitTest {
    /** Products of a byte with all neighbours that it may meet stay within 16 bits. */
    @ParameterizedTest
    @CsvSource({"8, 9", "64, 1", "4, 3"})
    void clampedRowsNeverOverflowAndHold(int channels, int taps) {
        PairLimit limit = new PairLimit(channels, taps);
        SplittableRandom random = new SplittableRandom(1);
        byte[] rows = new byte[50 * limit.size()];
        for (int i = 0; i < rows.length; i++) {
            int index = i % limit.size();
            rows[i] = (byte) limit.clamp(rows, i - index, index, random.nextInt(-300, 300));
        }
        for (int from = 0; from < rows.length; from += limit.size()) {
            assertThat(limit.holds(rows, from)).isTrue();
            for (int c = 0; c < channels; c += 2) {
                for (int t = 0; t < taps; t++) {
                    int even = rows[from + c * taps + t];
                    int odd = rows[from + (c + 1) * taps + t];
                    assertThat(255 * (Math.max(even, 0) + Math.max(odd, 0))).isLessThan(1 << 15);
                    assertThat(255 * (Math.min(even, 0) + Math.min(odd, 0))).isGreaterThanOrEqualTo(-(1 << 15));
                }
            }
        }
    }

    @Test
    void clampsNoMoreThanItHasTo() {
        PairLimit limit = new PairLimit(4, 1);
        byte[] row = {100, 0, -50, 0};

        assertThat(limit.clamp(row, 0, 1, 90)).isEqualTo(28);
        assertThat(limit.clamp(row, 0, 1, -127)).isEqualTo(-127);
        assertThat(limit.clamp(row, 0, 2, 127)).as("the next pair").isEqualTo(127);
        assertThat(limit.clamp(row, 0, 3, -90)).isEqualTo(-78);
        assertThat(limit.clamp(row, 0, 0, Long.MIN_VALUE)).isEqualTo(-127);
    }

    @Test
    void weightsOfUnevenChannelsAreSmallAndThoseOfOneChannelFree() {
        assertThat(new PairLimit(6, 1).clamp(new byte[6], 0, 0, 100)).isEqualTo(64);
        assertThat(new PairLimit(1, 9).clamp(new byte[] {127, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 1, 127))
                .isEqualTo(127);
        assertThat(PairLimit.none(12).holds(new byte[] {127, 127, 127, 127, 1, 1, 1, 1, 1, 1, 1, 1}, 0))
                .isTrue();
    }

    @Test
    void theScaleIsTheLeastThatClipsNothing() {
        PairLimit limit = new PairLimit(4, 1);

        assertThat(limit.scale(new float[] {9, 9, 9, 9, 12.7f, -12.7f, 3, 0.05f}, 4))
                .isEqualTo(12.7f / 127);
        assertThat(limit.scale(new float[] {2, -2, 6.4f, 6.4f}, 0)).isEqualTo(12.8f / 128);
        assertThat(new PairLimit(3, 1).scale(new float[] {1, -6.4f, 1}, 0)).isEqualTo(6.4f / 64);
    }

    @Test
    void refusesRowsWithoutWeights() {
        assertThatThrownBy(() -> new PairLimit(0, 9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row of 0 channels and 9 taps, expected at least one of each");
    }
}
