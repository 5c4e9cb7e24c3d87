package dev.gatun.cli;

import dev.gatun.spec.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** A float32 array in NumPy's file format 1.0, written row by row in any order; numpy/lib/_format_impl.py. */
final class Npy implements AutoCloseable {
    private static final byte[] MAGIC = "\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1);
    private static final int ALIGNMENT = 64;

    private final OutputFile file;
    private final long rowBytes;
    private final long headerBytes;

    private Npy(OutputFile file, Shape shape, byte[] header) {
        this.file = file;
        this.rowBytes = shape.elements() / shape.dim(0) * Float.BYTES;
        this.headerBytes = header.length;
        file.write(channel -> writeAll(channel, ByteBuffer.wrap(header), 0));
    }

    /** Begins an array of this shape, of at least one row and two extents. */
    static Npy create(Path path, Shape shape) {
        OutputFile file = OutputFile.create(path);
        try {
            return new Npy(file, shape, header(shape));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static byte[] header(Shape shape) {
        String order = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
        String extents = shape.dims().stream().map(String::valueOf).collect(Collectors.joining(", "));
        String dictionary = "{'descr': '" + order + "f4', 'fortran_order': False, 'shape': (" + extents + "), }";
        int unpadded = MAGIC.length + Short.BYTES + dictionary.length() + 1;
        String padded = dictionary + " ".repeat(Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT - unpadded) + "\n";
        ByteBuffer header = ByteBuffer.allocate(MAGIC.length + Short.BYTES + padded.length())
                .order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).putShort((short) padded.length()).put(padded.getBytes(StandardCharsets.ISO_8859_1));
        return header.array();
    }

    /** Writes rows from {@code first} on, as many as {@code values} holds in native byte order. Thread-safe. */
    void rows(int first, MemorySegment values) {
        file.write(channel -> writeAll(channel, values.asByteBuffer(), headerBytes + first * rowBytes));
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    /** Makes the file appear. */
    void commit() {
        file.commit();
    }

    @Override
    public void close() {
        file.close();
    }
}
