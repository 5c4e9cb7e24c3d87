package dev.gatun.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the uncompressed entries of a zip archive lie in its file (PKWARE's APPNOTE.TXT 6.3, with zip64).
 *
 * <p>{@link java.util.zip.ZipFile} does not tell positions, without which tensors could not be read in parts.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT_BYTES = 0xffff;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final byte[] LOCAL_SIGNATURE = {'P', 'K', 3, 4};
    private static final int LOCAL_BYTES = 30;
    private static final int ENCRYPTED = 1;
    private static final int STORED = 0;
    private static final int ZIP64_EXTRA = 1;
    private static final long IN_ZIP64 = 0xffffffffL;
    private static final int COUNT_IN_ZIP64 = 0xffff;
    private static final int MAX_DIRECTORY_BYTES = 1 << 24;

    /**
     * The content of an entry.
     *
     * @param position in the file
     * @param bytes how many
     */
    record Entry(long position, long bytes) {}

    private record Directory(long position, long bytes, long count) {}

    private record Header(String name, int flags, int method, long packed, long bytes, long local) {}

    private final FileBytes file;
    private final Map<String, Header> headers = new LinkedHashMap<>();
    private String folder = "";

    private ZipDirectory(FileBytes file) {
        this.file = file;
    }

    static ZipDirectory read(FileBytes file) {
        ZipDirectory zip = new ZipDirectory(file);
        Directory directory = zip.directory();
        if (directory.bytes() > MAX_DIRECTORY_BYTES) {
            throw file.malformed("zip directory of " + Long.toUnsignedString(directory.bytes())
                    + " bytes, expected at most " + MAX_DIRECTORY_BYTES);
        }
        file.requireRange(directory.position(), directory.bytes(), "zip directory");
        ByteBuffer bytes = file.bytes(directory.position(), (int) directory.bytes());
        for (long i = 0; i < directory.count(); i++) {
            Header header = zip.header(bytes);
            if (i == 0) {
                zip.folder = header.name().substring(0, header.name().indexOf('/') + 1);
            }
            if (zip.headers.put(header.name(), header) != null) {
                throw file.malformed("zip archive with two entries '" + header.name() + "'");
            }
        }
        return zip;
    }

    /** The name at the start of a zip archive, empty where the file ends before it; null if this is no zip archive. */
    static @Nullable String firstName(FileBytes file) {
        if (!file.has(0, LOCAL_SIGNATURE)) {
            return null;
        }
        if (file.size() < LOCAL_BYTES) {
            return "";
        }
        int bytes = unsigned(file.bytes(0, LOCAL_BYTES), 26);
        return file.size() - LOCAL_BYTES < bytes
                ? ""
                : StandardCharsets.UTF_8.decode(file.bytes(LOCAL_BYTES, bytes)).toString();
    }

    /** The names of all entries, in the order of the directory. */
    Set<String> names() {
        return Collections.unmodifiableSet(headers.keySet());
    }

    /** The folder of the first entry, with its slash; empty if that is in none. */
    String folder() {
        return folder;
    }

    /** The entry of this name, or null. */
    @Nullable
    Entry find(String name) {
        @Nullable Header header = headers.get(name);
        if (header == null) {
            return null;
        }
        if (header.method() != STORED || (header.flags() & ENCRYPTED) != 0 || header.packed() != header.bytes()) {
            throw file.malformed("zip entry '" + name + "' is compressed or encrypted, expected it to be stored");
        }
        file.requireRange(header.local(), LOCAL_BYTES, "zip entry '" + name + "'");
        ByteBuffer local = file.bytes(header.local(), LOCAL_BYTES);
        if (local.getInt(0) != LOCAL) {
            throw file.malformed("zip entry '" + name + "' does not start at byte " + header.local());
        }
        // The local extra field differs from the directory's: torch pads there to align the data to 64 bytes.
        long position = header.local() + LOCAL_BYTES + unsigned(local, 26) + unsigned(local, 28);
        file.requireRange(position, header.bytes(), "zip entry '" + name + "'");
        return new Entry(position, header.bytes());
    }

    private Directory directory() {
        long tailBytes = Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
        long tailStart = file.size() - tailBytes;
        ByteBuffer tail = file.bytes(tailStart, (int) tailBytes);
        for (int at = (int) tailBytes - END_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == END && unsigned(tail, at + 20) == tailBytes - at - END_BYTES) {
                long count = unsigned(tail, at + 10);
                long bytes = Integer.toUnsignedLong(tail.getInt(at + 12));
                long position = Integer.toUnsignedLong(tail.getInt(at + 16));
                boolean zip64 = count == COUNT_IN_ZIP64 || bytes == IN_ZIP64 || position == IN_ZIP64;
                return zip64 ? directory64(tailStart + at) : new Directory(position, bytes, count);
            }
        }
        throw file.malformed("truncated zip archive: it has no directory at its end");
    }

    private Directory directory64(long end) {
        ByteBuffer locator = file.bytes(end - LOCATOR64_BYTES, LOCATOR64_BYTES);
        if (locator.getInt(0) != LOCATOR64) {
            throw file.malformed("zip64 archive without a locator of its directory");
        }
        ByteBuffer record = file.bytes(locator.getLong(8), END64_BYTES);
        if (record.getInt(0) != END64) {
            throw file.malformed("zip64 archive whose directory is not where its locator says");
        }
        return new Directory(record.getLong(48), record.getLong(40), record.getLong(32));
    }

    private Header header(ByteBuffer bytes) {
        int at = bytes.position();
        if (bytes.remaining() < CENTRAL_BYTES || bytes.getInt(at) != CENTRAL) {
            throw file.malformed("zip directory with a malformed entry " + headers.size());
        }
        int nameBytes = unsigned(bytes, at + 28);
        int extraBytes = unsigned(bytes, at + 30);
        int total = CENTRAL_BYTES + nameBytes + extraBytes + unsigned(bytes, at + 32);
        if (total > bytes.remaining()) {
            throw file.malformed("zip directory with a truncated entry " + headers.size());
        }
        String name = StandardCharsets.UTF_8
                .decode(bytes.slice(at + CENTRAL_BYTES, nameBytes))
                .toString();
        ByteBuffer extra = zip64Extra(
                bytes.slice(at + CENTRAL_BYTES + nameBytes, extraBytes).order(bytes.order()));
        long size = wide(bytes.getInt(at + 24), extra, name);
        long packed = wide(bytes.getInt(at + 20), extra, name);
        long local = wide(bytes.getInt(at + 42), extra, name);
        bytes.position(at + total);
        return new Header(name, unsigned(bytes, at + 8), unsigned(bytes, at + 10), packed, size, local);
    }

    /** A field that, where it has no room for the value, continues in the zip64 extra field. */
    private long wide(int field, ByteBuffer extra, String name) {
        long value = Integer.toUnsignedLong(field);
        if (value != IN_ZIP64) {
            return value;
        }
        if (extra.remaining() < Long.BYTES) {
            throw file.malformed("zip entry '" + name + "' lacks its zip64 sizes");
        }
        return extra.getLong();
    }

    private static ByteBuffer zip64Extra(ByteBuffer extra) {
        while (extra.remaining() >= 2 * Short.BYTES) {
            int id = Short.toUnsignedInt(extra.getShort());
            int bytes = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
            if (id == ZIP64_EXTRA) {
                return extra.slice(extra.position(), bytes).order(extra.order());
            }
            extra.position(extra.position() + bytes);
        }
        return ByteBuffer.allocate(0);
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }
}
