package dev.gatun.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is replaced whole when {@link #commit} is called, or left as it was. What is no regular file, such as a device, is
 * written directly. Owns its channel.
 */
final class OutputFile implements AutoCloseable {
    private final Path target;
    private final Path written;
    private final FileChannel channel;

    private OutputFile(Path target, Path written, FileChannel channel) {
        this.target = target;
        this.written = written;
        this.channel = channel;
    }

    /**
     * Begins to write; what {@code path} links to is what is replaced.
     *
     * @throws CommandException if nothing can be written there
     */
    static OutputFile create(Path path) {
        try {
            Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
            if (Files.isDirectory(target)) {
                throw new CommandException(path + " is a directory, expected a file to write");
            }
            Path directory = target.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw new CommandException("cannot write " + path + ": there is no directory " + directory);
            }
            boolean replaced = !Files.exists(target) || Files.isRegularFile(target);
            Path written = replaced
                    ? target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp")
                    : target;
            FileChannel channel = replaced
                    ? FileChannel.open(written, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)
                    : FileChannel.open(written, StandardOpenOption.WRITE);
            return new OutputFile(target, written, channel);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static CommandException failed(Path path, IOException e) {
        return new CommandException("cannot write " + path + ": " + Failures.describe(e), e);
    }

    /** Writes to the channel. */
    @FunctionalInterface
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a part. Safe for several threads where the parts are positioned.
     *
     * @throws CommandException if it cannot be written, such as when the disk is full
     */
    void write(Content content) {
        try {
            content.writeTo(channel);
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /** Makes what has been written the file. */
    void commit() {
        write(ready -> {
            if (!written.equals(target)) {
                ready.force(true);
                ready.close();
                Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        });
    }

    /** Forgets what has not been committed. */
    @Override
    public void close() {
        try {
            channel.close();
            if (!written.equals(target)) {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw failed(target, e);
        }
    }
}
