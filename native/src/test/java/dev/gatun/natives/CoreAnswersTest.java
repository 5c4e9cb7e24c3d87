package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoreAnswersTest {
    @Test
    void aCoreIsAloneIfItSaidSoEveryTimeAndAtLeastOnce() {
        CoreAnswers earlier = new CoreAnswers(10, 4);
        assertThat(new CoreAnswers(13, 4).since(earlier)).isEqualTo(new CoreAnswers(3, 0));
        assertThat(new CoreAnswers(13, 4).since(earlier).alone()).isTrue();
        assertThat(new CoreAnswers(13, 5).since(earlier).alone()).isFalse();
        assertThat(earlier.since(earlier).alone()).isFalse();
    }
}
