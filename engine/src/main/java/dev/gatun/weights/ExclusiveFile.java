package dev.gatun.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock on a path among threads and processes, held by the thread that acquired it. The lock file stays behind: whoever
 * removed it would take it from under one who waits.
 */
final class ExclusiveFile implements AutoCloseable {
    /** File locks belong to the whole JVM, so its threads need one of their own. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel channel;

    private ExclusiveFile(ReentrantLock threads, FileChannel channel) {
        this.threads = threads;
        this.channel = channel;
    }

    /** Waits until nobody else holds {@code lockFile}. */
    static ExclusiveFile acquire(Path lockFile) throws IOException, InterruptedException {
        Path path = lockFile.toAbsolutePath().normalize();
        ReentrantLock threads = THREADS.computeIfAbsent(path, p -> new ReentrantLock());
        threads.lockInterruptibly();
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            try {
                channel.lock();
                return new ExclusiveFile(threads, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            // Closing the channel releases its lock.
            channel.close();
        } finally {
            threads.unlock();
        }
    }
}
