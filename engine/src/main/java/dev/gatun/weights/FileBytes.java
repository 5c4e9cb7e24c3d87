package dev.gatun.weights;

import dev.gatun.natives.FileStamp;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable Stamped file;

    /** A file and what it was when it was opened. */
    private record Stamped(Path path, FileStamp stamp) {}

    private FileBytes(String origin, Positional content, Closeable owned, long size, @Nullable Stamped file) {
        this.origin = origin;
        this.content = content;
        this.owned = owned;
        this.size = size;
        this.file = file;
    }

    /** A file that is in memory already, such as a resource; {@code bytes} are not copied. */
    static FileBytes of(String origin, byte[] bytes) {
        Positional content = (dst, position) -> {
            int count = Math.min(dst.remaining(), bytes.length - Math.toIntExact(position));
            dst.put(bytes, Math.toIntExact(position), count);
            return count;
        };
        return new FileBytes(origin, content, () -> {}, bytes.length, null);
    }

    static FileBytes open(Path path) {
        if (Files.isDirectory(path)) {
            throw new WeightFormatException(path.toString(), "is a directory, expected a weights file");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                Stamped file = new Stamped(path.toAbsolutePath(), FileStamp.of(path));
                return new FileBytes(path.toString(), channel::read, channel, channel.size(), file);
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

    /**
     * The same content, to be closed by the caller; this one may be closed already.
     *
     * @throws WeightFormatException if the file is not the one it was any more
     */
    FileBytes reopen() {
        if (file == null) {
            return this;
        }
        FileBytes again = open(file.path);
        if (!file.equals(again.file)) {
            again.close();
            throw malformed("has changed since it was opened");
        }
        return new FileBytes(origin, again.content, again.owned, size, file);
    }

    /** SHA-256 of a file's content; empty for what never was a file, or cannot be read any more. */
    Optional<String> sha256() {
        return file == null ? Optional.empty() : KnownHashes.ofUser().sha256(file.path, file.stamp);
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
