package dev.gatun;

import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.spec.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;

/**
 * A model made ready for one batch, image size and precision: primitives and packed weights. Immutable and shared by any number of
 * sessions on any threads. Owns its native memory; what sessions still use is freed when the last of them closes.
 */
public final class CompiledModel implements AutoCloseable {
    /** A cache line. */
    private static final long ALIGNMENT = 64;

    private final String name;
    private final Plan plan;
    private final Shape srcShape;
    private int users = 1;
    private boolean closed;

    CompiledModel(String name, Plan plan, Shape srcShape) {
        this.name = name;
        this.plan = plan;
        this.srcShape = srcShape;
    }

    /**
     * A session with memory of its own, to be closed by the caller.
     *
     * @throws IllegalStateException if this model is closed
     */
    public Session newSession() {
        acquire();
        try {
            return new Session(this, plan);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** Extents of the images of a run, [batch, channels, height, width], whatever their layout. */
    public Shape srcShape() {
        return srcShape;
    }

    /** Extents of the first result, [batch, classes] for logits; f32, row-major. */
    public Shape dstShape() {
        return plan.outputs().getFirst().shape();
    }

    /** The results of a run and where they lie in its {@code dst}. */
    public List<Plan.Output> outputs() {
        return plan.outputs();
    }

    /** OpenMP threads of a run. */
    public int threads() {
        return plan.request().threads();
    }

    /** Bytes of the images of a run. */
    public long srcBytes() {
        return plan.srcBytes();
    }

    /** Bytes of the results of a run. */
    public long dstBytes() {
        return plan.dstBytes();
    }

    /** Memory for the images of a run, zeroed, that lives as long as {@code arena}. */
    public MemorySegment allocateSrc(Arena arena) {
        return arena.allocate(srcBytes(), ALIGNMENT);
    }

    /** Memory for the results of a run, zeroed, that lives as long as {@code arena}. */
    public MemorySegment allocateDst(Arena arena) {
        return arena.allocate(dstBytes(), ALIGNMENT);
    }

    /** Name and implementation of every step of a run. */
    public List<Plan.StepInfo> steps() {
        return plan.stepInfos();
    }

    /** Bytes of packed weights, shared by all sessions. */
    public long weightBytes() {
        return plan.weightBytes();
    }

    /** Bytes of activations and scratchpad that each session has. */
    public long sessionBytes() {
        return plan.arenaBytes() + plan.scratchpadBytes();
    }

    synchronized void acquire() {
        if (closed) {
            throw new IllegalStateException("compiled model " + name + " is closed");
        }
        users++;
    }

    synchronized void release() {
        if (--users == 0) {
            plan.close();
        }
    }

    /** Lets no new session begin, and frees native memory once no session uses it. May be called again. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    /** The plan in one line. */
    @Override
    public String toString() {
        PlanRequest request = plan.request();
        return String.format(
                Locale.ROOT,
                "%s %s, src %s %s, dst %s, %d steps on %d threads, weights %.1f MB, activations %.1f MB, scratchpad %.1f MB",
                name,
                request.precision(),
                srcShape,
                request.input(),
                dstShape(),
                plan.stepInfos().size(),
                request.threads(),
                megabytes(plan.weightBytes()),
                megabytes(plan.arenaBytes()),
                megabytes(plan.scratchpadBytes()));
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }
}
