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
public final class SharedData {
    private static final ValueLayout.OfFloat LITTLE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SharedData() {}

    /** A file below shared/data; skips the test, saying so, if it is not there. */
    public static Path file(String name) {
        Path path = Path.of(System.getProperty("gatun.test.shared", "shared"), "data")
                .resolve(name)
                .normalize();
        boolean found = Files.isReadable(path);
        if (!found) {
            System.out.println(
                    "skipped: " + path + " is absent; -Dgatun.test.shared names the directory of the shared data");
        }
        assumeTrue(found, path + " is absent");
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
