package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlotsTest {
    @Test
    void isTheSameForTheSameSeedOnly() {
        assertThat(Blots.image(1, 32, 3)).isEqualTo(Blots.image(1, 32, 3)).isNotEqualTo(Blots.image(2, 32, 3));
    }

    @Test
    void usesTheWholeRangeOfSamples() {
        int[] samples = new int[224 * 224 * 3];
        byte[] image = Blots.image(1, 224, 3);
        Arrays.setAll(samples, i -> image[i] & 0xff);
        assertThat(Arrays.stream(samples).distinct().count()).isEqualTo(256);
    }
}
