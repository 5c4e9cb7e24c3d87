package dev.gatun.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files for tests. */
final class Fixtures {
    private Fixtures() {}

    static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of the shared test data; skips the test where that is absent. */
    static Path shared(String name) {
        Path file = Path.of(System.getProperty("gatun.test.shared", "shared"))
                .resolve("data")
                .resolve(name);
        assumeTrue(Files.isRegularFile(file), "gatun.test.shared has no data/" + name);
        return file;
    }

    static Path write(Path directory, byte[] content) {
        try {
            return Files.write(Files.createTempFile(directory, "weights", ".bin"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] safetensors(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    static byte[] floats(ByteOrder order, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static float[] count(int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = i;
        }
        return values;
    }
}
