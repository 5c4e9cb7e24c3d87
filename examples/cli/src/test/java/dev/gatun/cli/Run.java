package dev.gatun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a command answered.
 *
 * @param status its exit status
 * @param out what it printed to stdout
 * @param err what it printed to stderr
 */
record Run(int status, String out, String err) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Runs a command in this JVM. */
    static Run gatun(Object... arguments) {
        return gatun(StandardCharsets.UTF_8, arguments);
    }

    /** Runs a command in this JVM for a terminal of this charset. */
    static Run gatun(Charset charset, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(
                new Terminal(out, err, charset, false),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Run(status, out.toString(charset), err.toString(charset));
    }

    /** The top of the repository. */
    static Path root() {
        return Path.of(System.getProperty("gatun.test.root"));
    }

    /** The drawn pictures. */
    static Path images() {
        return root().resolve("examples/images");
    }

    List<String> errorLines() {
        return err.lines().toList();
    }

    /** Stdout as JSON, one object a line. */
    List<JsonNode> json() {
        return out.lines().map(Run::parse).toList();
    }

    private static JsonNode parse(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }
}
