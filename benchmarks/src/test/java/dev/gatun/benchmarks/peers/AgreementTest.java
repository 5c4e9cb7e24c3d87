package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AgreementTest {
    @Test
    void errorIsTheLargestDifferenceOverTheLargestLogit() {
        assertThat(Agreement.error(new float[] {1, -3.5f, 2}, new float[] {1, -4, 2.25f}))
                .isEqualTo(0.125);
    }

    @Test
    void comparesTheImagesThatBothHave() {
        assertThat(Agreement.error(new float[] {1, 2}, new float[] {1, 2, 30, 40}))
                .isZero();
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThatThrownBy(() -> Agreement.error(new float[] {Float.NaN}, new float[] {1}))
                .isInstanceOf(WorkerException.class);
        assertThatThrownBy(() -> Agreement.error(new float[0], new float[] {1})).isInstanceOf(WorkerException.class);
    }

    @Test
    void toleratesMoreTheFewerBitsThereAre() {
        assertThat(Agreement.holds("f32", 5e-5)).isTrue();
        assertThat(Agreement.holds("f32", 5e-3)).isFalse();
        assertThat(Agreement.holds("bf16", 2e-2)).isTrue();
        assertThat(Agreement.holds("bf16", 5e-2)).isFalse();
        assertThat(Agreement.holds("int8", 5e-2)).isTrue();
        assertThat(Agreement.holds("int8", 2e-1)).isFalse();
        assertThat(Agreement.int8Holds(3e-2)).isTrue();
        assertThat(Agreement.int8Holds(1e-1)).isFalse();
        assertThat(Agreement.holds("f8", 0.01)).isFalse();
    }
}
