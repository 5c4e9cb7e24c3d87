package dev.gatun.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes safetensors files. */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();

    /** The reference implementation pads the header with spaces to this. */
    private static final int ALIGNMENT = 8;

    private static final int CHUNK_ELEMENTS = 1 << 16;

    private SafetensorsWriter() {}

    /**
     * Writes the readable tensors of {@code source} in its order, rounded to nearest even. The file appears whole or not
     * at all; one that is there is replaced.
     *
     * @param type F32, F16 or BF16
     * @param metadata for the file's {@code __metadata__}
     * @throws IllegalArgumentException if {@code type} is another, or a finite value is out of its range
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path target, WeightSource source, ElementType type, Map<String, String> metadata) {
        if (!type.readable()) {
            throw new IllegalArgumentException("safetensors are written as F32, F16 or BF16, not " + type);
        }
        List<TensorInfo> tensors = source.tensors().values().stream()
                .filter(tensor -> tensor.type().readable())
                .toList();
        try {
            byte[] header = header(tensors, type, metadata);
            AtomicFile.write(target, channel -> {
                int padding = -header.length & (ALIGNMENT - 1);
                ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length + padding)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length + padding)
                        .put(header);
                while (start.hasRemaining()) {
                    start.put((byte) ' ');
                }
                writeFully(channel, start.flip());
                for (TensorInfo tensor : tensors) {
                    writeTensor(channel, tensor.name(), source.read(tensor.name()), type);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private static byte[] header(List<TensorInfo> tensors, ElementType type, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (TensorInfo tensor : tensors) {
                long end = offset + tensor.shape().elements() * type.bytes();
                long[] shape = tensor.shape().toArray();
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", type.name());
                json.writeFieldName("shape");
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeTensor(FileChannel channel, String name, float[] values, ElementType type)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(CHUNK_ELEMENTS, values.length) * type.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += CHUNK_ELEMENTS) {
            chunk.clear();
            int end = Math.min(values.length, at + CHUNK_ELEMENTS);
            for (int i = at; i < end; i++) {
                if (type == ElementType.F16 && overflowsF16(values[i])) {
                    throw new IllegalArgumentException("tensor '" + name + "' has the value " + values[i]
                            + " at element " + i + ", beyond the range of F16");
                }
                type.narrow(values[i], chunk);
            }
            writeFully(channel, chunk.flip());
        }
    }

    private static boolean overflowsF16(float value) {
        return Float.isFinite(value) && Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(value)));
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
