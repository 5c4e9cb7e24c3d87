package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoreTest {
    private static final float[] LOGITS = {9, 9, 9, 1, 5, 4, 4, 3, 2, 9, Float.NaN};

    @Test
    void countsTheHighestLogit() {
        assertThat(Score.of(LOGITS, 3, 7, 6)).isEqualTo(new Score(1, 1, 1, 0));
        assertThat(Score.of(LOGITS, 3, 6, 1)).isEqualTo(new Score(1, 1, 1, 0));
    }

    @Test
    void countsTheFiveHighestLogits() {
        assertThat(Score.of(LOGITS, 3, 6, 5)).isEqualTo(new Score(1, 0, 1, 0));
        assertThat(Score.of(LOGITS, 3, 6, 0)).isEqualTo(new Score(1, 0, 0, 0));
    }

    @Test
    void prefersTheLowerIndexOfEquals() {
        assertThat(Score.of(LOGITS, 0, 3, 0).top1()).isEqualTo(1);
        assertThat(Score.of(LOGITS, 0, 3, 1).top1()).isZero();
    }

    @Test
    void neverCountsWhatIsNoNumber() {
        assertThat(Score.of(LOGITS, 9, 2, 1)).isEqualTo(new Score(1, 0, 1, 0));
        assertThat(Score.of(LOGITS, 5, 6, 5)).isEqualTo(new Score(1, 0, 0, 0));
    }

    @Test
    void addsUp() {
        Score score = new Score(3, 1, 2, 0).plus(Score.UNREADABLE).plus(new Score(1, 1, 1, 0));

        assertThat(score).isEqualTo(new Score(4, 2, 3, 1));
        assertThat(score.top1Accuracy()).isEqualTo(0.5);
        assertThat(Score.NONE.top5Accuracy()).isZero();
    }
}
