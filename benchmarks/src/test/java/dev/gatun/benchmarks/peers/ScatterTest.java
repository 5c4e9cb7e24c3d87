package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScatterTest {
    private static final double MILLISECOND = 1e6;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyRunIsTheSameWork(int threads) {
        Scatter scatter = new Scatter(threads, MILLISECOND);
        long before = scatter.product();
        scatter.take(3);
        long once = scatter.product() - before;
        assertThat(scatter.nanos()).hasSize(3);
        scatter.take(3);
        assertThat(scatter.nanos()).hasSize(6);
        assertThat(scatter.product() - before).isEqualTo(2 * once);
    }

    @Test
    void runsTakeAtLeastAboutAsLongAsAsked() {
        Scatter scatter = new Scatter(1, MILLISECOND);
        scatter.take(5);
        // The quickest of the trials may have had a quicker clock.
        assertThat(Collections.max(scatter.nanos())).isGreaterThan(MILLISECOND / 2);
    }
}
