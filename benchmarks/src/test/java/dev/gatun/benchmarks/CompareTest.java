package dev.gatun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompareTest {
    @Test
    void quantilesAreOfTheNearestRank() {
        double[] sorted = {1, 2, 3, 4, 100};
        assertThat(Compare.quantile(sorted, 0)).isEqualTo(1);
        assertThat(Compare.quantile(sorted, 0.5)).isEqualTo(3);
        assertThat(Compare.quantile(sorted, 0.9)).isEqualTo(100);
        assertThat(Compare.quantile(sorted, 1)).isEqualTo(100);
        assertThat(Compare.quantile(new double[] {7}, 0.5)).isEqualTo(7);
    }
}
