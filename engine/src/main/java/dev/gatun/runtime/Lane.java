package dev.gatun.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/** A session with memory for the images and results of one run. Belongs to the thread that made it; owns all that it made. */
public final class Lane implements AutoCloseable {
    private static final int CACHE_LINE = 64;

    private final Arena arena = Arena.ofConfined();
    private final StreamSession session;
    private final MemorySegment src;
    private final MemorySegment dst;

    /** Opens a session of {@code model}; on failure nothing is kept. */
    public Lane(Streamable model) {
        try {
            src = arena.allocate(model.srcBytes(), CACHE_LINE);
            dst = arena.allocate(model.dstBytes(), CACHE_LINE);
            session = model.newSession();
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The images of the next run. */
    public MemorySegment src() {
        return src;
    }

    /** The results of the last run. */
    public MemorySegment dst() {
        return dst;
    }

    /** Computes {@link #dst()} from {@link #src()}. */
    public void run() {
        session.run(src, dst);
    }

    /** Computes {@code dst} from {@code src}, which are the caller's. */
    public void run(MemorySegment src, MemorySegment dst) {
        session.run(src, dst);
    }

    /** As {@link StreamSession#pin}. */
    boolean pin(List<BitSet> cpus) {
        return session.pin(cpus);
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
