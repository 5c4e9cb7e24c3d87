package dev.gatun.weights;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream from which nothing has come for some time, so that whoever reads it is not kept waiting: the HTTP
 * client's own timeout ends with the response's headers.
 */
final class StallGuard implements AutoCloseable {
    private final InputStream stream;
    private final long timeoutNanos;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long lastProgress = System.nanoTime();
    private volatile boolean stalled;

    StallGuard(InputStream stream, Duration timeout) {
        this.stream = stream;
        this.timeoutNanos = timeout.toNanos();
        Thread.ofPlatform().daemon().name("gatun-download-guard").start(this::watch);
    }

    /** Something has come. */
    void progress() {
        lastProgress = System.nanoTime();
    }

    /** Whether the stream was closed because nothing came. */
    boolean stalled() {
        return stalled;
    }

    private void watch() {
        try {
            long left = timeoutNanos;
            while (!closed.await(left, TimeUnit.NANOSECONDS)) {
                left = timeoutNanos - (System.nanoTime() - lastProgress);
                if (left <= 0) {
                    stalled = true;
                    stream.close();
                    return;
                }
            }
        } catch (InterruptedException | IOException e) {
            // Nobody interrupts this thread, and a stream that cannot be closed fails its reader anyway.
            stalled = true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
