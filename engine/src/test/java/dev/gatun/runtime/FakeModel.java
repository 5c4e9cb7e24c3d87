package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** A network of one f32 in and twice, three times ... that out for each image, whose sessions tests can look at and make fail. */
public final class FakeModel implements Streamable {
    private final int batch;
    private final IntConsumer onRun;
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    public final AtomicInteger runs = new AtomicInteger();
    final Collection<Thread> threads = new ConcurrentLinkedQueue<>();
    volatile int failingSession = -1;
    int outputs = 1;

    /** A fake that does nothing else. */
    public FakeModel(int batch) {
        this(batch, _ -> {});
    }

    /**
     * A fake.
     *
     * @param onRun is called in every run with the first image's value
     */
    public FakeModel(int batch, IntConsumer onRun) {
        this.batch = batch;
        this.onRun = onRun;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public long srcBytes() {
        return (long) batch * Float.BYTES;
    }

    @Override
    public int srcAlignment() {
        return Float.BYTES;
    }

    @Override
    public long dstBytes() {
        return results().bytes(batch);
    }

    @Override
    public Results results() {
        return new Results(java.util.Collections.nCopies(outputs, (long) Float.BYTES));
    }

    @Override
    public StreamSession newSession() {
        if (opened.getAndIncrement() == failingSession) {
            throw new IllegalStateException("no memory for session " + failingSession);
        }
        open.incrementAndGet();
        Thread owner = Thread.currentThread();
        return new StreamSession() {
            @Override
            public void run(MemorySegment src, MemorySegment dst) {
                if (!Thread.currentThread().equals(owner)) {
                    throw new AssertionError("a session was moved from " + owner + " to " + Thread.currentThread());
                }
                runs.incrementAndGet();
                threads.add(owner);
                onRun.accept((int) src.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
                for (int i = 0; i < batch; i++) {
                    for (int output = 0; output < outputs; output++) {
                        dst.set(
                                ValueLayout.JAVA_FLOAT,
                                results().offset(output, batch) + (long) i * Float.BYTES,
                                (output + 2) * src.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                    }
                }
            }

            @Override
            public boolean pin(List<BitSet> cpus) {
                return false;
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        };
    }
}
