package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuantizedLayerTest {
    @Test
    void inSevenBitsEverySumOfWeightsStaysWithinAStep() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] weights = new byte[2 * 500];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (byte) (i % 7 == 0 ? (i % 2 == 0 ? 127 : -127) : random.nextInt(-127, 128));
        }
        QuantizedLayer layer = new QuantizedLayer(weights.clone(), new float[] {0.5f, 3}, new float[] {1, 2});

        QuantizedLayer seven = layer.inSevenBits();

        assertThat(seven.scales()).containsExactly(1, 6);
        assertThat(seven.bias()).containsExactly(1, 2);
        assertThat(layer.weights()).as("the original").containsExactly(weights);
        int error = 0;
        for (int i = 0; i < weights.length; i++) {
            assertThat((int) seven.weights()[i]).isBetween(-64, 64);
            assertThat(2 * seven.weights()[i] - weights[i]).isBetween(-1, 1);
            error += 2 * seven.weights()[i] - weights[i];
            assertThat(error).as("sum of errors up to weight %d", i).isBetween(-1, 0);
        }
    }

    @Test
    void inSevenBitsRowsThatKeepTheirLimitStayAsTheyAre() {
        // Channels 0 and 1 and channels 2 and 3 meet; two taps each. The second row is one step too large.
        byte[] weights = {127, -127, 1, -1, 64, 100, 64, -100, 127, -127, 2, -1, 64, 100, 64, -100};
        QuantizedLayer layer =
                new QuantizedLayer(weights.clone(), new float[] {0.5f, 3}, new float[] {1, 2}, new PairLimit(4, 2));

        QuantizedLayer seven = layer.inSevenBits();

        assertThat(seven.scales()).containsExactly(0.5f, 6);
        assertThat(Arrays.copyOf(seven.weights(), 8)).containsExactly(Arrays.copyOf(weights, 8));
        assertThat(Arrays.copyOfRange(seven.weights(), 8, 16)).containsExactly(63, -63, 1, -1, 32, 50, 32, -50);
    }

    @Test
    void inSevenBitsSmallWeightsOfUnknownOrderStayAsTheyAre() {
        byte[] weights = {64, -64, 64, 0, 65, 0, 0, 0};

        QuantizedLayer seven = new QuantizedLayer(weights.clone(), new float[] {1, 1}, new float[2]).inSevenBits();

        assertThat(seven.weights()).containsExactly(64, -64, 64, 0, 32, 0, 0, 0);
        assertThat(seven.scales()).containsExactly(1, 2);
    }

    @Test
    void refusesRowsOfAnotherLength() {
        assertThatThrownBy(() -> new QuantizedLayer(new byte[8], new float[] {1, 1}, new float[2], new PairLimit(4, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("8 weights in 2 rows, expected 8 in each");
    }
}
