package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads float32 matrices of NumPy. */
final class Npys {
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\), \\} *\\n");
    private static final int PREFIX_BYTES = 10;

    private Npys() {}

    /** A matrix, row-major. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Matrix(int rows, int columns, float[] values) {
        /** The largest difference over the largest magnitude of {@code reference}. */
        double relativeError(Matrix reference) {
            assertThat(rows).isEqualTo(reference.rows);
            assertThat(columns).isEqualTo(reference.columns);
            double difference = 0;
            double magnitude = 0;
            for (int i = 0; i < values.length; i++) {
                difference = Math.max(difference, Math.abs(values[i] - reference.values[i]));
                magnitude = Math.max(magnitude, Math.abs(reference.values[i]));
            }
            return difference / magnitude;
        }
    }

    static Matrix read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = bytes.getShort(PREFIX_BYTES - Short.BYTES);
        Matcher header =
                HEADER.matcher(new String(bytes.array(), PREFIX_BYTES, headerBytes, StandardCharsets.ISO_8859_1));
        assertThat(header.matches()).as(file.toString()).isTrue();
        Matrix matrix = new Matrix(
                Integer.parseInt(header.group(1)),
                Integer.parseInt(header.group(2)),
                new float[(bytes.capacity() - PREFIX_BYTES - headerBytes) / Float.BYTES]);
        bytes.position(PREFIX_BYTES + headerBytes)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(matrix.values());
        assertThat(matrix.values()).hasSize(matrix.rows() * matrix.columns());
        return matrix;
    }
}
