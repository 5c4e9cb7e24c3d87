package dev.gatun.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.spec.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
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
     * A tensor to be written.
     *
     * @param info name, type and shape
     * @param content writes exactly the bytes of these, little-endian and row-major
     */
    public record Tensor(TensorInfo info, Content content) {
        /** Values of F32. */
        public static Tensor of(String name, Shape shape, float[] values) {
            return of(new TensorInfo(name, ElementType.F32, shape), values);
        }

        /** Values of I8. */
        public static Tensor of(String name, Shape shape, byte[] values) {
            checkLength(name, shape, values.length);
            return new Tensor(
                    new TensorInfo(name, ElementType.I8, shape),
                    channel -> writeFully(channel, ByteBuffer.wrap(values)));
        }

        private static Tensor of(TensorInfo info, float[] values) {
            checkLength(info.name(), info.shape(), values.length);
            return new Tensor(info, channel -> writeFloats(channel, info, values));
        }

        private static void checkLength(String name, Shape shape, int length) {
            if (shape.elements() != length) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' of shape " + shape + " has " + length + " elements");
            }
        }
    }

    /** Writes the bytes of a tensor. */
    @FunctionalInterface
    public interface Content {
        /** Writes them where the channel is. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

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
        List<Tensor> tensors = source.tensors().values().stream()
                .filter(tensor -> tensor.type().readable())
                .map(tensor -> {
                    TensorInfo info = new TensorInfo(tensor.name(), type, tensor.shape());
                    return new Tensor(info, channel -> writeFloats(channel, info, source.read(tensor.name())));
                })
                .toList();
        write(target, tensors, metadata);
    }

    /**
     * Writes tensors in this order. The file appears whole or not at all; one that is there is replaced.
     *
     * @param metadata for the file's {@code __metadata__}
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path target, List<Tensor> tensors, Map<String, String> metadata) {
        try {
            byte[] header = header(tensors, metadata);
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
                for (Tensor tensor : tensors) {
                    tensor.content().writeTo(channel);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private static byte[] header(List<Tensor> tensors, Map<String, String> metadata) throws IOException {
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
            for (Tensor tensor : tensors) {
                TensorInfo info = tensor.info();
                long end = offset + info.shape().elements() * info.type().bytes();
                long[] shape = info.shape().toArray();
                json.writeObjectFieldStart(info.name());
                json.writeStringField("dtype", info.type().name());
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

    private static void writeFloats(WritableByteChannel channel, TensorInfo info, float[] values) throws IOException {
        ElementType type = info.type();
        ByteBuffer chunk = ByteBuffer.allocate(Math.min(CHUNK_ELEMENTS, values.length) * type.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += CHUNK_ELEMENTS) {
            chunk.clear();
            int end = Math.min(values.length, at + CHUNK_ELEMENTS);
            for (int i = at; i < end; i++) {
                if (type == ElementType.F16 && overflowsF16(values[i])) {
                    throw new IllegalArgumentException("tensor '" + info.name() + "' has the value " + values[i]
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

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
