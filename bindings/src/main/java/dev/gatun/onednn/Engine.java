package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;

/**
 * The CPU as oneDNN computes on it. There is one per process and it is never destroyed, so nothing can outlive it.
 * Thread-safe.
 */
public final class Engine extends Handle {
    private Engine(MemorySegment pointer) {
        super(pointer);
    }

    /** {@return the CPU engine of this process} */
    public static Engine cpu() {
        OneDnn.load();
        return Cpu.ENGINE;
    }

    /** Does nothing: the engine belongs to the process. */
    @Override
    public void close() {}

    @Override
    void destroy(MemorySegment pointer) {
        throw new AssertionError("the engine lives as long as the process");
    }

    private static final class Cpu {
        static final Engine ENGINE = new Engine(Native.create(
                "dnnl_engine_create", (out, arena) -> Dnnl.dnnl_engine_create(out, Dnnl.dnnl_cpu(), 0), () -> "CPU 0"));
    }
}
