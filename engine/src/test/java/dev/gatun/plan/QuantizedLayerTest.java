package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

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
}
