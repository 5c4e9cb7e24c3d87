package dev.gatun.plan;

import dev.gatun.natives.LargeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Packed weights as a file that can be mapped: a header of {@link #HEADER_BYTES}, an index, and the values, each aligned to a cache line from
 * the start of a page. All numbers are little-endian.
 *
 * <pre>
 *  0  magic "GATUNPLN"     8  int version          12  int entries
 * 16  long bytes of the index and header           24  long start of the values     32  long bytes of the file
 * 40  key, SHA-256        72  int CRC-32C of the values    76  int CRC-32C of header and index, itself as 0
 * 80  entries: int length and UTF-8 of the name, int length and blob of the memory descriptor, long offset, long bytes
 * </pre>
 */
final class PackedFile {
    /** Raised whenever this layout, or what folding and packing make of the same weights, changes. */
    static final int VERSION = 3;

    static final int HEADER_BYTES = 80;

    private static final byte[] MAGIC = "GATUNPLN".getBytes(StandardCharsets.US_ASCII);
    private static final int SUM_OFFSET = 76;
    private static final int KEY_BYTES = 32;
    private static final long PAGE_BYTES = 4096;
    /** Far above any network's; keeps a damaged length from being believed. */
    private static final long MAX_INDEX_BYTES = 64L << 20;
    /** What a {@link ByteBuffer} is given at once. */
    private static final long CHUNK_BYTES = 1L << 30;

    /** Why a file is of no use. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String reason) {
            super(reason);
        }
    }

    private PackedFile() {}

    /**
     * Maps or reads a file and verifies all of it.
     *
     * @param key of 32 bytes that it has to be for
     * @param map whether it is mapped, and so shared; else read into memory of this process alone
     * @param arena for as long as which that memory stays, also if the file is found to be unusable
     * @return the values, not to be written
     * @throws Unusable if it is for another key or version, truncated or damaged
     */
    static Map<String, PackedTensor.Stored> read(Path file, byte[] key, boolean map, Arena arena)
            throws IOException, Unusable {
        MemorySegment content;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < HEADER_BYTES) {
                throw new Unusable("it has " + channel.size() + " bytes only");
            }
            content = map ? map(channel, arena) : readAll(channel, arena);
        }
        ByteBuffer header = buffer(content.asSlice(0, HEADER_BYTES));
        require(content.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0, "it is something else");
        require(header.getInt(8) == VERSION, "it is of version " + header.getInt(8));
        require(content.asSlice(40, KEY_BYTES).mismatch(MemorySegment.ofArray(key)) < 0, "it is for another plan");
        require(header.getLong(32) == content.byteSize(), "it is truncated");
        long indexEnd = header.getLong(16);
        long start = header.getLong(24);
        require(
                indexEnd >= HEADER_BYTES
                        && indexEnd <= MAX_INDEX_BYTES
                        && start >= indexEnd
                        && start <= content.byteSize(),
                "its header is damaged");
        byte[] index = content.asSlice(0, indexEnd).toArray(ValueLayout.JAVA_BYTE);
        require(sumOfIndex(index) == header.getInt(SUM_OFFSET), "its index is damaged");
        MemorySegment values = content.asSlice(start);
        require(sum(values) == header.getInt(72), "its values are damaged");
        return entries(index, header.getInt(12), values);
    }

    private static MemorySegment map(FileChannel channel, Arena arena) throws IOException {
        MemorySegment content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        LargeMemory.advise(content);
        return content;
    }

    private static MemorySegment readAll(FileChannel channel, Arena arena) throws IOException, Unusable {
        MemorySegment content = LargeMemory.allocate(arena, channel.size());
        long done = 0;
        while (done < content.byteSize()) {
            ByteBuffer chunk = content.asSlice(done, Math.min(CHUNK_BYTES, content.byteSize() - done))
                    .asByteBuffer();
            int count = channel.read(chunk, done);
            require(count > 0, "it is truncated");
            done += count;
        }
        return content;
    }

    private static Map<String, PackedTensor.Stored> entries(byte[] index, int count, MemorySegment values)
            throws Unusable {
        Map<String, PackedTensor.Stored> entries = new LinkedHashMap<>();
        try {
            ByteBuffer in =
                    ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
            for (int i = 0; i < count; i++) {
                String name = new String(bytes(in), StandardCharsets.UTF_8);
                byte[] desc = bytes(in);
                long offset = in.getLong();
                long size = in.getLong();
                entries.put(name, new PackedTensor.Stored(ByteBuffer.wrap(desc), values.asSlice(offset, size)));
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new Unusable("its index is damaged: " + e);
        }
        return entries;
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void require(boolean holds, String otherwise) throws Unusable {
        if (!holds) {
            throw new Unusable(otherwise);
        }
    }

    /** Writes a whole file to an empty channel. */
    static void write(FileChannel channel, byte[] key, Map<String, PackedTensor.Stored> tensors) throws IOException {
        int indexBytes = HEADER_BYTES;
        for (Map.Entry<String, PackedTensor.Stored> entry : tensors.entrySet()) {
            indexBytes += 2 * Integer.BYTES + 2 * Long.BYTES;
            indexBytes += utf8(entry.getKey()).length + entry.getValue().blob().remaining();
        }
        long start = (indexBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        ByteBuffer index = ByteBuffer.allocate(Math.toIntExact(start))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(HEADER_BYTES);
        CRC32C sum = new CRC32C();
        long at = 0;
        try (Arena arena = Arena.ofConfined()) {
            Pages pages = new Pages(channel, arena);
            pages.add(MemorySegment.ofArray(new byte[index.capacity()]));
            for (Map.Entry<String, PackedTensor.Stored> entry : tensors.entrySet()) {
                byte[] name = utf8(entry.getKey());
                byte[] desc = entry.getValue().blobBytes();
                MemorySegment data = entry.getValue().data();
                index.putInt(name.length).put(name).putInt(desc.length).put(desc);
                index.putLong(at).putLong(data.byteSize());
                long next = ArenaPlanner.align(at + data.byteSize());
                MemorySegment padding = MemorySegment.ofArray(new byte[(int) (next - at - data.byteSize())]);
                add(data, sum);
                add(padding, sum);
                pages.add(data);
                pages.add(padding);
                at = next;
            }
            pages.finish();
        }
        index.put(0, MAGIC).putInt(8, VERSION).putInt(12, tensors.size());
        index.putLong(16, indexBytes).putLong(24, start).putLong(32, start + at).put(40, key);
        index.putInt(72, (int) sum.getValue());
        index.putInt(SUM_OFFSET, sumOfIndex(Arrays.copyOf(index.array(), indexBytes)));
        writeAll(channel, index.rewind(), 0);
    }

    /** Writes a file from its start on by huge pages, since a file system that is given one at once can map it as one. */
    private static final class Pages {
        private final FileChannel channel;
        private final MemorySegment page;
        private long at;

        Pages(FileChannel channel, Arena arena) {
            this.channel = channel;
            this.page = arena.allocate(LargeMemory.HUGE_PAGE, PAGE_BYTES);
        }

        void add(MemorySegment bytes) throws IOException {
            long done = 0;
            while (done < bytes.byteSize()) {
                long used = at % page.byteSize();
                long count = Math.min(bytes.byteSize() - done, page.byteSize() - used);
                MemorySegment.copy(bytes, done, page, used, count);
                done += count;
                at += count;
                if (used + count == page.byteSize()) {
                    writeAll(channel, page.asByteBuffer(), at - page.byteSize());
                }
            }
        }

        void finish() throws IOException {
            long used = at % page.byteSize();
            writeAll(channel, page.asSlice(0, used).asByteBuffer(), at - used);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int sumOfIndex(byte[] index) {
        CRC32C sum = new CRC32C();
        sum.update(index, 0, SUM_OFFSET);
        sum.update(new byte[Integer.BYTES]);
        sum.update(index, HEADER_BYTES, index.length - HEADER_BYTES);
        return (int) sum.getValue();
    }

    private static int sum(MemorySegment values) {
        CRC32C sum = new CRC32C();
        add(values, sum);
        return (int) sum.getValue();
    }

    private static void add(MemorySegment values, CRC32C sum) {
        for (long done = 0; done < values.byteSize(); done += CHUNK_BYTES) {
            sum.update(buffer(values.asSlice(done, Math.min(CHUNK_BYTES, values.byteSize() - done))));
        }
    }

    private static ByteBuffer buffer(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
