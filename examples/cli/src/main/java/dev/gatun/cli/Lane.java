package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.Session;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A session with memory for its images and results. Belongs to the thread that made it; owns all that it made. */
final class Lane implements AutoCloseable {
    private static final int CACHE_LINE = 64;

    private final Arena arena = Arena.ofConfined();
    private final Session session;
    private final MemorySegment src;
    private final MemorySegment dst;

    Lane(CompiledModel compiled) {
        try {
            src = arena.allocate(compiled.srcBytes(), CACHE_LINE);
            dst = arena.allocate(compiled.dstBytes(), CACHE_LINE);
            session = compiled.newSession();
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The images of the next run. */
    MemorySegment src() {
        return src;
    }

    /** The logits of the last run, f32, [batch, classes]. */
    MemorySegment dst() {
        return dst;
    }

    /** Computes {@code dst} from {@code src}. */
    void run() {
        session.run(src, dst);
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
