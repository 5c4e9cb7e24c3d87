package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.spec.InputFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The binary version of CIFAR-10: records of a label byte and 3x32x32 samples (CHW, RGB); Krizhevsky's cifar.html. */
final class CifarFile implements Samples {
    private static final int PIXEL_BYTES = 3 * 32 * 32;
    private static final int RECORD_BYTES = 1 + PIXEL_BYTES;

    private final Path path;
    private final FileChannel channel;
    private final int size;
    private final int classes;

    private CifarFile(Path path, FileChannel channel, int size, int classes) {
        this.path = path;
        this.channel = channel;
        this.size = size;
        this.classes = classes;
    }

    /**
     * Opens a file for a network.
     *
     * @throws CommandException if it is not of such records, or the network takes other images
     */
    static CifarFile open(Path path, Model network) throws IOException {
        if (!network.input().cifar()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s takes images of %dx%d, those of --cifar10 are 32x32",
                    network.name(),
                    network.input().size(),
                    network.input().size()));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long bytes = channel.size();
            if (bytes == 0 || bytes % RECORD_BYTES != 0) {
                throw new CommandException(path + ": " + bytes + " bytes, expected records of " + RECORD_BYTES
                        + " bytes (a label, 3x32x32)");
            }
            int size = Math.toIntExact(bytes / RECORD_BYTES);
            return new CifarFile(path, channel, size, network.classes());
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public InputFormat format() {
        return InputFormat.U8_NCHW;
    }

    @Override
    public Loader newLoader() {
        ByteBuffer label = ByteBuffer.allocate(1);
        return (index, src, byteOffset) -> {
            long record = (long) index * RECORD_BYTES;
            read(label.clear(), record);
            int trueClass = label.get(0) & 0xff;
            if (trueClass >= classes) {
                throw new CommandException(
                        path + ": record " + index + " has label " + trueClass + ", expected 0 to " + (classes - 1));
            }
            read(src.asSlice(byteOffset, PIXEL_BYTES).asByteBuffer(), record + 1);
            return trueClass;
        };
    }

    private void read(ByteBuffer into, long from) throws IOException {
        long position = from;
        while (into.hasRemaining()) {
            int count = channel.read(into, position);
            if (count < 0) {
                throw new EOFException(path + ": has become shorter while it was read");
            }
            position += count;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
