package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsThatStdoutCannotBeWritten() {
        OutputStream full = failing("No space left on device");
        Terminal terminal = new Terminal(full, err, StandardCharsets.UTF_8, false);
        terminal.out().println("result");

        assertThatThrownBy(terminal::finish)
                .isInstanceOf(CommandException.class)
                .hasMessage("cannot write to standard output: No space left on device");
        assertThat(Main.run(new Terminal(full, err, StandardCharsets.UTF_8, false), "models"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("gatun: cannot write to standard output: No space left on device" + System.lineSeparator());
    }

    @Test
    void saysNothingWhenNobodyReadsStdoutAnyMore() {
        Terminal terminal = new Terminal(failing("Broken pipe"), err, StandardCharsets.UTF_8, false);

        assertThat(Main.run(terminal, "models")).isEqualTo(1);
        assertThat(err.size()).isZero();
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void drawsABarForSomeoneWhoWatches() {
        Terminal terminal = new Terminal(OutputStream.nullOutputStream(), err, StandardCharsets.UTF_8, true);
        try (Progress progress = Progress.on(terminal, "work", "images", 1)) {
            progress.at(3, 12);
            progress.at(12, 12);
        }

        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("\r").contains("work", "100%", "12/12 images");
    }

    @Test
    void printsLinesForALog() {
        Terminal terminal = new Terminal(OutputStream.nullOutputStream(), err, StandardCharsets.UTF_8, false);
        try (Progress progress = Progress.on(terminal, "work", "MB", 10)) {
            progress.at(1, 200);
            progress.at(25, 200);
            progress.at(26, -1);
            progress.at(200, 200);
        }

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("work: 2 of 20 MB (12 %)", "work: 20 of 20 MB (100 %)");
    }
}
