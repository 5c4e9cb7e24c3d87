package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SimilarityTest {
    @Test
    void isTheCosineOfTheAngle() {
        assertThat(Similarity.cosine(new float[] {3, 4}, new float[] {6, 8})).isCloseTo(1, within(1e-12));
        assertThat(Similarity.cosine(new float[] {3, 4}, new float[] {4, 3})).isCloseTo(24.0 / 25, within(1e-12));
        assertThat(Similarity.cosine(new float[] {1, 0}, new float[] {0, 2})).isZero();
        assertThat(Similarity.cosine(new float[] {1, 0}, new float[] {-5, 0})).isEqualTo(-1);
        assertThat(Similarity.cosine(new float[2], new float[] {1, 1})).isZero();
    }

    @Test
    void refusesVectorsOfDifferentLengths() {
        assertThatThrownBy(() -> Similarity.cosine(new float[2], new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vectors of 2 and 3 elements, expected as many");
    }
}
