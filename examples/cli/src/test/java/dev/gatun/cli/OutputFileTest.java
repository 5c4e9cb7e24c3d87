package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    Path directory;

    @Test
    void replacesTheFileWhenCommitted() throws IOException {
        Path file = Files.writeString(directory.resolve("out"), "old and longer");
        try (OutputFile output = OutputFile.create(file)) {
            output.write(channel -> channel.write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'})));
            assertThat(file).hasContent("old and longer");
            output.commit();
        }

        assertThat(file).hasContent("new");
        assertThat(directory.toFile().list()).containsExactly("out");
    }

    @Test
    void leavesEverythingAsItWasWithoutCommit() throws IOException {
        Path file = Files.writeString(directory.resolve("out"), "old");
        try (OutputFile output = OutputFile.create(file)) {
            output.write(channel -> channel.write(ByteBuffer.wrap(new byte[1000])));
        }

        assertThat(file).hasContent("old");
        assertThat(directory.toFile().list()).containsExactly("out");
    }

    @Test
    void replacesWhatALinkPointsTo() throws IOException {
        Path file = Files.writeString(directory.resolve("target"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        try (OutputFile output = OutputFile.create(link)) {
            output.write(channel -> channel.write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'})));
            output.commit();
        }

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void tellsThatTheDiskIsFull() throws IOException {
        assumeTrue(Files.exists(FULL), "this system has no " + FULL);

        try (OutputFile output = OutputFile.create(FULL)) {
            assertThatThrownBy(() -> output.write(channel -> channel.write(ByteBuffer.wrap(new byte[10]))))
                    .isInstanceOf(CommandException.class)
                    .hasMessage("cannot write /dev/full: No space left on device");
        }

        Run run = Run.gatun("export", "--onnx", FULL);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).containsExactly("gatun export: cannot write /dev/full: No space left on device");
        assertThat(Files.isRegularFile(FULL)).isFalse();
    }

    @Test
    void refusesADirectoryAndAMissingOne() {
        assertThatThrownBy(() -> OutputFile.create(directory))
                .hasMessage(directory + " is a directory, expected a file to write");
        assertThatThrownBy(() -> OutputFile.create(directory.resolve("none/out")))
                .hasMessage("cannot write " + directory.resolve("none/out") + ": there is no directory "
                        + directory.resolve("none"));
    }
}
