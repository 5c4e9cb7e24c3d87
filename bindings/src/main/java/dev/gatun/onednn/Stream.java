package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;

/**
 * An in-order queue of executions. On the CPU engine an execution is finished when {@link Primitive#execute} returns.
 * Owned by its creator; used by one thread at a time.
 */
public final class Stream extends Handle {
    private Stream(MemorySegment pointer) {
        super(pointer);
    }

    /**
     * Creates a stream.
     *
     * @param engine the engine to run on
     * @return a stream, owned by the caller
     */
    public static Stream of(Engine engine) {
        return new Stream(Native.create(
                "dnnl_stream_create",
                (out, arena) -> Dnnl.dnnl_stream_create(out, engine.pointer(), Dnnl.dnnl_stream_in_order()),
                null));
    }

    /** Waits until everything in the stream has been computed. */
    public void await() {
        Status.check(Dnnl.dnnl_stream_wait(pointer()), "dnnl_stream_wait", null);
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_stream_destroy(pointer), "dnnl_stream_destroy", null);
    }
}
