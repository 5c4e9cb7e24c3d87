package dev.gatun.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a message in protobuf's wire format, one after another; {@link IllegalArgumentException} says where it is
 * malformed. Every length is checked against the message that holds it, so a message never reaches beyond its end.
 *
 * <p>Source: protobuf.dev/programming-guides/encoding.
 */
final class ProtobufReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private static final int MAX_VARINT_BYTES = 10;

    private final ByteBuffer bytes;
    private int field;
    private int wireType;
    private boolean pending;

    private ProtobufReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** The message that {@code bytes} are, from position to limit; they are not copied and their position stays. */
    static ProtobufReader of(ByteBuffer bytes) {
        return new ProtobufReader(bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Goes to the next field, skipping the current one if it has not been read; whether there is one. */
    boolean next() {
        if (pending) {
            skip();
        }
        if (!bytes.hasRemaining()) {
            return false;
        }
        long key = readVarint();
        field = (int) (key >>> 3);
        wireType = (int) (key & 7);
        if (field == 0 || key >>> 3 > 0x1fffffff) {
            throw malformed("field number " + (key >>> 3));
        }
        pending = true;
        return true;
    }

    /** The number of the current field. */
    int field() {
        return field;
    }

    /** The current int32, int64, bool or enum. */
    long varint() {
        begin(VARINT);
        return readVarint();
    }

    /** The current float. */
    float fixed32() {
        begin(FIXED32);
        require(Float.BYTES);
        return bytes.getFloat();
    }

    /** The content of the current bytes, string, message or packed field, little-endian; shares memory. */
    ByteBuffer content() {
        begin(LENGTH_DELIMITED);
        int length = length();
        ByteBuffer content = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + length);
        return content;
    }

    /** The current message. */
    ProtobufReader message() {
        return new ProtobufReader(content());
    }

    /** The current string. */
    String string() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(content()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("malformed protobuf: field " + field + " is not UTF-8", e);
        }
    }

    /** The current elements of a repeated int64 field, packed or one. */
    void varints(Longs sink) {
        if (wireType == LENGTH_DELIMITED) {
            ProtobufReader packed = message();
            while (packed.bytes.hasRemaining()) {
                sink.add(packed.readVarint());
            }
        } else {
            sink.add(varint());
        }
    }

    /** The bytes of the current elements of a repeated float field, packed or one. */
    ByteBuffer fixed32s() {
        if (wireType == LENGTH_DELIMITED) {
            ByteBuffer packed = content();
            if (packed.remaining() % Float.BYTES != 0) {
                throw malformed(packed.remaining() + " bytes of floats");
            }
            return packed;
        }
        begin(FIXED32);
        require(Float.BYTES);
        ByteBuffer one = bytes.slice(bytes.position(), Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + Float.BYTES);
        return one;
    }

    private void begin(int expected) {
        if (!pending || wireType != expected) {
            throw malformed("field " + field + " has wire type " + wireType + ", expected " + expected);
        }
        pending = false;
    }

    private void skip() {
        pending = false;
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> advance(Long.BYTES);
            case LENGTH_DELIMITED -> advance(length());
            case FIXED32 -> advance(Float.BYTES);
            // The wire types 3 and 4 are groups, which could nest without end and which ONNX does not use.
            default -> throw malformed("field " + field + " has wire type " + wireType);
        }
    }

    private int length() {
        long length = readVarint();
        if (length < 0 || length > bytes.remaining()) {
            throw malformed("truncated: field " + field + " has " + Long.toUnsignedString(length) + " bytes, but "
                    + bytes.remaining() + " are left");
        }
        return (int) length;
    }

    private void advance(int count) {
        require(count);
        bytes.position(bytes.position() + count);
    }

    private void require(int count) {
        if (bytes.remaining() < count) {
            throw malformed(
                    "truncated: field " + field + " has " + count + " bytes, but " + bytes.remaining() + " are left");
        }
    }

    private long readVarint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            if (!bytes.hasRemaining()) {
                throw malformed("truncated in a number");
            }
            byte b = bytes.get();
            value |= (b & 0x7fL) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("a number of more than " + MAX_VARINT_BYTES + " bytes");
    }

    private static IllegalArgumentException malformed(String problem) {
        return new IllegalArgumentException("malformed protobuf: " + problem);
    }
}
