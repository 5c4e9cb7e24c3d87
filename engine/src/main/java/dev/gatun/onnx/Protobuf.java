package dev.gatun.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A message in protobuf's wire format: a length-delimited field states its length before its content, so lengths are known when
 * fields are added, while the bytes of large payloads are only produced when the message is written.
 *
 * <p>Source: protobuf.dev/programming-guides/encoding.
 */
final class Protobuf {
    /** The bytes of a field, made when they are written. */
    interface Payload {
        void writeTo(OutputStream out) throws IOException;
    }

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private static final int MAX_VARINT_BYTES = 10;

    private final List<Payload> payloads = new ArrayList<>();
    private long size;

    /** An int32, int64, bool or enum. */
    Protobuf varint(int field, long value) {
        return encoded(buffer -> {
            putVarint(buffer, key(field, VARINT));
            putVarint(buffer, value);
        });
    }

    /** A float. */
    Protobuf fixed32(int field, float value) {
        return encoded(buffer -> {
            putVarint(buffer, key(field, FIXED32));
            buffer.putFloat(value);
        });
    }

    /** A string. */
    Protobuf string(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return bytes(field, bytes.length, out -> out.write(bytes));
    }

    /** Bytes, of which {@code payload} must write exactly {@code length}. */
    Protobuf bytes(int field, long length, Payload payload) {
        header(field, length);
        payloads.add(payload);
        size += length;
        return this;
    }

    /** A message, as it is now. */
    Protobuf message(int field, Protobuf nested) {
        header(field, nested.size);
        payloads.addAll(nested.payloads);
        size += nested.size;
        return this;
    }

    /** Length of the whole message in bytes. */
    long size() {
        return size;
    }

    /** Writes the whole message. */
    void writeTo(OutputStream out) throws IOException {
        for (Payload payload : payloads) {
            payload.writeTo(out);
        }
    }

    private void header(int field, long length) {
        encoded(buffer -> {
            putVarint(buffer, key(field, LENGTH_DELIMITED));
            putVarint(buffer, length);
        });
    }

    private Protobuf encoded(Consumer<ByteBuffer> encoder) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * MAX_VARINT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        encoder.accept(buffer);
        int length = buffer.position();
        payloads.add(out -> out.write(buffer.array(), 0, length));
        size += length;
        return this;
    }

    private static long key(int field, int wireType) {
        return ((long) field << 3) | wireType;
    }

    /** Seven bits a byte, the least significant first; negative numbers take ten bytes. */
    private static void putVarint(ByteBuffer buffer, long value) {
        while ((value & ~0x7FL) != 0) {
            buffer.put((byte) ((value & 0x7F) | 0x80));
            value >>>= 7;
        }
        buffer.put((byte) value);
    }
}
