package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConsensusTest {
    /** Probabilities of 3/4 and 1/4 with those of 1/10 and 9/10. */
    @Test
    void isTheMeanOfProbabilities() {
        Consensus consensus = new Consensus(2);
        float[] logits = {100 + (float) Math.log(3), 100, -7, -7 + (float) Math.log(9)};
        consensus.add(logits, 0);
        consensus.add(logits, 2);
        assertThat(Math.exp(consensus.logits()[0])).isCloseTo(0.425, within(1e-5));
        assertThat(Math.exp(consensus.logits()[1])).isCloseTo(0.575, within(1e-5));
    }

    @Test
    void isTheMeanOfLogits() {
        Consensus consensus = new Consensus(2, Averaging.LOGITS);
        float[] logits = {0, 100, 1, 2, -50};
        consensus.add(logits, 1);
        assertThat(consensus.logits()).containsExactly(100, 1);
        consensus.add(logits, 3);
        assertThat(consensus.logits()).containsExactly(51, -24.5f);
    }

    @Test
    void refusesLogitsThatAreNotThere() {
        for (Averaging averaging : Averaging.values()) {
            Consensus consensus = new Consensus(2, averaging);
            assertThatThrownBy(() -> consensus.add(new float[3], 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(consensus::logits).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void staysFiniteWhereAProbabilityVanishes() {
        Consensus consensus = new Consensus(2);
        consensus.add(new float[] {0, -1e30f}, 0);
        assertThat(consensus.logits()[0]).isZero();
        assertThat(consensus.logits()[1]).isFinite().isLessThan(-700);
    }

    @Test
    void keepsWhatIsNotANumber() {
        Consensus consensus = new Consensus(2);
        consensus.add(new float[] {Float.NaN, 1}, 0);
        assertThat(consensus.logits()).containsOnly(Float.NaN);
    }

    @Test
    void needsAnOpinion() {
        assertThatThrownBy(() -> new Consensus(3).logits()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Consensus(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
