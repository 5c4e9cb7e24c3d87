package dev.gatun.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void quantilesAreTheNearestRanksOfAThousand() {
        long[] shuffled = LongStream.range(0, 1000).map(i -> i * 377 % 1000 + 1).toArray();
        long[] before = shuffled.clone();
        assertThat(Latencies.of(shuffled)).isEqualTo(new Latencies(1000, 500, 900, 990, 999, 1000));
        assertThat(shuffled).isEqualTo(before);
    }

    @Test
    void quantilesOfFewTimesAreTimesThatWereMeasured() {
        assertThat(Latencies.of(new long[] {7})).isEqualTo(new Latencies(1, 7, 7, 7, 7, 7));
        assertThat(Latencies.of(new long[] {20, 10})).isEqualTo(new Latencies(2, 10, 20, 20, 20, 20));
        long[] ten = LongStream.rangeClosed(1, 10).toArray();
        assertThat(Latencies.of(ten)).isEqualTo(new Latencies(10, 5, 9, 10, 10, 10));
        long[] hundred = LongStream.rangeClosed(1, 100).toArray();
        assertThat(Latencies.of(hundred)).isEqualTo(new Latencies(100, 50, 90, 99, 100, 100));
    }

    @Test
    void nothingHasNoQuantiles() {
        assertThatThrownBy(() -> Latencies.of(new long[0])).hasMessageContaining("no times");
    }

    @Test
    void samplesKeepAllTimesInOrder() {
        Samples samples = new Samples();
        int many = 200_000;
        for (int i = 0; i < many; i++) {
            samples.add(i);
        }
        assertThat(samples.count()).isEqualTo(many);
        assertThat(samples.toArray()).isEqualTo(LongStream.range(0, many).toArray());
    }
}
