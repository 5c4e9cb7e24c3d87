package dev.gatun.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PoissonArrivalsTest {
    private static final int MANY = 200_000;

    private static long[] times(double rate, long seed, int count) {
        PoissonArrivals arrivals = new PoissonArrivals(rate, seed);
        return LongStream.generate(arrivals::next).limit(count).toArray();
    }

    @Test
    void theSameSeedGivesTheSameTimes() {
        assertThat(times(100, 1, 1000)).isEqualTo(times(100, 1, 1000)).isNotEqualTo(times(100, 2, 1000));
    }

    @Test
    void timesAscendAtTheRate() {
        long[] times = times(250, 3, MANY);
        assertThat(times).isSorted();
        // The mean of n exponential gaps has a relative deviation of 1 / sqrt(n), 0.22 % here.
        assertThat(MANY / (times[MANY - 1] / 1e9)).isCloseTo(250, within(2.5));
    }

    @Test
    void gapsAreExponential() {
        long[] times = times(1000, 4, MANY);
        double longerThanMean = 0;
        double longerThanThree = 0;
        for (int i = 1; i < MANY; i++) {
            long gap = times[i] - times[i - 1];
            longerThanMean += gap > 1_000_000 ? 1 : 0;
            longerThanThree += gap > 3_000_000 ? 1 : 0;
        }
        assertThat(longerThanMean / MANY).isCloseTo(Math.exp(-1), within(0.01));
        assertThat(longerThanThree / MANY).isCloseTo(Math.exp(-3), within(0.005));
    }

    @Test
    void aRateIsPositive() {
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new PoissonArrivals(rate, 0)).hasMessageContaining("expected more than 0");
        }
    }
}
