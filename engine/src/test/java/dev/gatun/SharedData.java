package dev.gatun;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real weights, images and reference vectors, which are not part of the project: tests that need them skip where they are absent. */
final class SharedData {
    private static final ValueLayout.OfFloat LITTLE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SharedData() {}

    /** A file below shared/data; skips the test, saying so, if it is not there. */
    static Path file(String relative) {
        Path path = Path.of(System.getProperty("gatun.test.shared", "../shared"))
                .resolve("data")
                .resolve(relative);
        if (!Files.exists(path)) {
            System.out.println("skipped: " + path + " is absent");
        }
        assumeTrue(Files.exists(path), path + " is absent");
        return path;
    }

    /** All values of a little-endian float32 .npy file. */
    static float[] npy(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        int headerLength = (bytes[8] & 0xff) | (bytes[9] & 0xff) << 8;
        String header = new String(bytes, 10, headerLength, StandardCharsets.US_ASCII);
        if (!header.contains("'<f4'") || header.contains("'fortran_order': True")) {
            throw new IOException(path + ": " + header);
        }
        MemorySegment data = MemorySegment.ofArray(bytes).asSlice(10 + headerLength);
        return data.toArray(LITTLE_FLOAT);
    }

    /** Largest absolute error over the largest absolute value of {@code expected}. */
    static double relativeError(float[] actual, float[] expected) {
        double error = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            error = Math.max(error, Math.abs((double) actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
            if (Float.isNaN(actual[i])) {
                return Double.NaN;
            }
        }
        return actual.length == expected.length ? error / scale : Double.NaN;
    }

    static int argMax(float[] values, int from, int count) {
        int best = from;
        for (int i = from; i < from + count; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best - from;
    }
}
