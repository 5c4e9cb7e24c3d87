package dev.gatun.weights;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file read at positions, bounds checked. Thread-safe.
 *
 * <p>Not mapped: every weight is copied once anyway to be widened, a mapping that loses its file to truncation or a
 * failing disk faults asynchronously, and on Windows it would keep the file from being replaced.
 */
final class FileBytes implements AutoCloseable {
    /** Reads at a position as {@link FileChannel#read(ByteBuffer, long)} does. */
    private interface Positional {
        int read(ByteBuffer dst, long position) throws IOException;
    }

    private final String origin;
    private final Positional content;
    private final Closeable owned;
    private final long size;

    private FileBytes(String origin, Positional content, Closeable owned, long size) {
        this.origin = origin;
        this.content = content;
        this.owned = owned;
        this.size = size;
    }

    /** A file that is in memory already, such as a resource; {@code bytes} are not copied. */
    static FileBytes of(String origin, byte[] bytes) {
        Positional content = (dst, position) -> {
            int count = Math.min(dst.remaining(), bytes.length - Math.toIntExact(position));
            dst.put(bytes, Math.toIntExact(position), count);
            return count;
        };
        return new FileBytes(origin, content, () -> {}, bytes.length);
    }

    static FileBytes open(Path path) {
        if (Files.isDirectory(path)) {
            throw new WeightFormatException(path.toString(), "is a directory, expected a weights file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new FileBytes(path.toString(), channel::read, channel, channel.size());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("weights file " + path + " does not exist", e);
        } catch (IOException e) {
            throw new UncheckedIOException("weights file " + path + " cannot be opened: " + e.getMessage(), e);
        }
    }

    String origin() {
        return origin;
    }

    long size() {
        return size;
    }

    /** The bytes at {@code position}, little-endian; fails where the file does not hold them. */
    ByteBuffer bytes(long position, int count) {
        requireRange(position, count, "data");
        ByteBuffer buffer = ByteBuffer.allocate(count);
        read(position, buffer);
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether the file has these bytes at {@code position}. */
    boolean has(long position, byte[] expected) {
        return position <= size - expected.length && ByteBuffer.wrap(expected).equals(bytes(position, expected.length));
    }

    void requireRange(long position, long count, String what) {
        if (position < 0 || count < 0 || position > size || count > size - position) {
            throw malformed("truncated: " + what + " of " + count + " bytes at " + position + ", but the file has "
                    + size + " bytes");
        }
    }

    /** Fills {@code dst} from {@code position}. */
    void read(long position, ByteBuffer dst) {
        long at = position;
        try {
            while (dst.hasRemaining()) {
                int count = content.read(dst, at);
                if (count < 0) {
                    throw new EOFException();
                }
                at += count;
            }
        } catch (EOFException e) {
            throw new WeightFormatException(origin(), "truncated while it was open: it had " + size + " bytes", e);
        } catch (ClosedChannelException e) {
            throw new IllegalStateException(origin + " is closed", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + origin + ": " + e.getMessage(), e);
        }
    }

    WeightFormatException malformed(String problem) {
        return new WeightFormatException(origin(), problem);
    }

    @Override
    public void close() {
        try {
            owned.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + origin, e);
        }
    }
}
