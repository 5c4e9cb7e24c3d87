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

/** The binary version of CIFAR-10 or -100: records of labels and 3x32x32 samples (CHW, RGB); Krizhevsky's cifar.html. */
final class CifarFile implements Samples {
    private static final int PIXEL_BYTES = 3 * 32 * 32;

    private final Path path;
    private final Kind kind;
    private final FileChannel channel;
    private final int size;
    private final int classes;

    /** Of which data set. */
    enum Kind {
        /** One label. */
        CIFAR10("--cifar10", 1, 0),
        /** The coarse label of 20 super-classes, and behind it the fine one of 100, which is taken. */
        CIFAR100("--cifar100", 2, 1);

        private final String option;
        private final int labels;
        private final int label;

        Kind(String option, int labels, int label) {
            this.option = option;
            this.labels = labels;
            this.label = label;
        }

        int recordBytes() {
            return labels + PIXEL_BYTES;
        }
    }

    private CifarFile(Path path, Kind kind, FileChannel channel, int size, int classes) {
        this.path = path;
        this.kind = kind;
        this.channel = channel;
        this.size = size;
        this.classes = classes;
    }

    /**
     * Opens a file for a network.
     *
     * @throws CommandException if it is not of such records, or the network takes other images
     */
    static CifarFile open(Path path, Kind kind, Model network) throws IOException {
        if (!network.input().cifar()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s takes images of %dx%d, those of %s are 32x32",
                    network.name(),
                    network.input().size(),
                    network.input().size(),
                    kind.option));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long bytes = channel.size();
            if (bytes == 0 || bytes % kind.recordBytes() != 0) {
                throw new CommandException(path + ": " + bytes + " bytes, expected records of " + kind.recordBytes()
                        + " bytes (" + Text.count(kind.labels, "label") + ", 3x32x32)");
            }
            int size = Math.toIntExact(bytes / kind.recordBytes());
            return new CifarFile(path, kind, channel, size, network.classes());
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
            long record = (long) index * kind.recordBytes();
            read(label.clear(), record + kind.label);
            int trueClass = label.get(0) & 0xff;
            if (trueClass >= classes) {
                throw new CommandException(
                        path + ": record " + index + " has label " + trueClass + ", expected 0 to " + (classes - 1));
            }
            read(src.asSlice(byteOffset, PIXEL_BYTES).asByteBuffer(), record + kind.labels);
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
