package dev.gatun.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of one pickle, read forwards from a region of a file. */
final class PickleInput {
    /** A checkpoint of ResNet-152 with its optimiser needs about 1 MB. */
    private static final int MAX_BYTES = 1 << 24;

    private static final int CHUNK_BYTES = 1 << 14;
    private static final int MAX_LINE_BYTES = 1 << 10;

    private final FileBytes file;
    private final long start;
    private final long end;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long chunkEnd;

    /** Reads from {@code start} and never at or beyond {@code end}, which is within the file. */
    PickleInput(FileBytes file, long start, long end) {
        this.file = file;
        this.start = start;
        this.end = Math.min(end, start + MAX_BYTES);
        this.chunkEnd = start;
    }

    /** The pickle that follows this one, which has been read to its end. */
    PickleInput next() {
        return new PickleInput(file, position(), file.size());
    }

    /** Where the next byte lies in the file. */
    long position() {
        return chunkEnd - chunk.remaining();
    }

    WeightFormatException malformed(String problem) {
        return file.malformed("pickle at byte " + position() + ": " + problem);
    }

    int unsignedByte() {
        if (!chunk.hasRemaining()) {
            int count = (int) Math.min(CHUNK_BYTES, end - chunkEnd);
            if (count <= 0) {
                throw malformed("it has no end within " + (end - start) + " bytes");
            }
            chunk = file.bytes(chunkEnd, count);
            chunkEnd += count;
        }
        return Byte.toUnsignedInt(chunk.get());
    }

    /** The next bytes, little-endian. */
    ByteBuffer bytes(long count) {
        long at = position();
        if (count < 0 || count > end - at) {
            throw malformed(count + " bytes are announced, " + (end - at) + " are left");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.put((byte) unsignedByte());
        }
        return bytes.flip();
    }

    long unsignedInt() {
        return Integer.toUnsignedLong(bytes(Integer.BYTES).getInt());
    }

    String text(long bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw malformed("a string is not UTF-8");
        }
    }

    /** ASCII up to a line feed, which is consumed. */
    String line() {
        StringBuilder line = new StringBuilder();
        for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
            if (c < ' ' || c > '~' || line.length() == MAX_LINE_BYTES) {
                throw malformed("a global's name is not a line of printable ASCII");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
