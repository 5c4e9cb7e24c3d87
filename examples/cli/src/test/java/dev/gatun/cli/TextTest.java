package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void makesOnePrintableLine() {
        assertThat(Text.printable("a\n  b\r\nc\td\u001b[31m\n")).isEqualTo("a; b; c d?[31m");
    }

    @Test
    void counts() {
        assertThat(Text.count(1, "thread")).isEqualTo("1 thread");
        assertThat(Text.count(0, "thread")).isEqualTo("0 threads");
    }
}
