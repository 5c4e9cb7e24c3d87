package dev.gatun.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A file as jHDF reads it, with a budget: an HDF5 file may refer to the same part of itself from many places, so that following it
 * takes exponential time, and the library follows all. Does not own the file. One thread.
 */
final class HdfChannel implements SeekableByteChannel {
    /** The largest Keras ResNet takes some ten thousand reads of some hundred bytes. */
    private static final int MAX_READS = 1 << 20;

    private static final long MAX_BYTES = 1L << 28;

    private final FileBytes file;
    private long position;
    private int reads;
    private long bytes;

    HdfChannel(FileBytes file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int count = dst.remaining();
        reads++;
        bytes += count;
        if (reads > MAX_READS || bytes > MAX_BYTES) {
            throw new IOException("its structure takes more than " + MAX_READS + " reads or " + MAX_BYTES + " bytes");
        }
        if (position < 0 || count > file.size() - position) {
            throw new IOException(
                    "truncated: " + count + " bytes at " + position + ", but the file has " + file.size() + " bytes");
        }
        file.read(position, dst);
        position += count;
        return count;
    }

    @Override
    public int write(ByteBuffer src) {
        throw new NonWritableChannelException();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
