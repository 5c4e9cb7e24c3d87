package dev.gatun;

import dev.gatun.plan.Execution;
import dev.gatun.plan.Plan;
import dev.gatun.profile.FlightRecord;
import dev.gatun.runtime.RunArguments;
import dev.gatun.runtime.StreamSession;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a compiled model in memory of its own. Belongs to one thread at a time: a second one that enters meanwhile gets an exception.
 * Runs on platform threads only, since OpenMP keeps a team for each thread that calls it. Owns its activations and scratchpad.
 */
public final class Session implements StreamSession {
    private enum State {
        IDLE,
        RUNNING,
        CLOSED
    }

    private final CompiledModel model;
    private final Execution execution;
    private @Nullable FlightRecord flightRecord;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    Session(CompiledModel model, Plan plan) {
        this.model = model;
        this.execution = new Execution(plan);
    }

    /**
     * Runs the model once. Neither copies nor allocates: reads {@code src} and writes {@code dst} where they are.
     *
     * <p>While oneDNN reads {@code src} or writes {@code dst}, closing their arenas in another thread fails; if one is closed before
     * that, the run ends with an exception.
     *
     * @param src images in the compiled shape and format; native, at least {@link CompiledModel#srcBytes()} long, aligned to its
     *     elements, alive until this returns
     * @param dst results as f32, [batch, classes]; native, writable, at least {@link CompiledModel#dstBytes()} long, aligned to 4
     *     bytes, not overlapping {@code src}
     * @throws IllegalArgumentException if a segment is none of that; nothing has been written then
     * @throws IllegalStateException if the session is closed, another thread is in it, a segment's arena is closed or becomes so, or
     *     the calling thread is virtual
     */
    @Override
    public void run(MemorySegment src, MemorySegment dst) {
        RunArguments.check(model, src, dst, model.batch(), Thread.currentThread());
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a session runs on platform threads only: hand the run to one");
        }
        enter();
        try {
            if (FlightRecord.wanted()) {
                flightRecord().run(execution, src, dst);
            } else {
                execution.run(src, dst);
            }
        } finally {
            state.set(State.IDLE);
            // oneDNN sees addresses only, so nothing else keeps the memory of an automatic arena.
            Reference.reachabilityFence(src);
            Reference.reachabilityFence(dst);
        }
    }

    /**
     * Keeps the threads that runs have beside the calling one on CPUs of their own, as those of a pool's streams are, until the calling thread,
     * which is to be the one that runs the session, compiles or closes anything for several threads. On Linux, where nobody else computes on
     * these CPUs; where the calling thread runs is its own affair ({@link dev.gatun.natives.ThreadAffinity}).
     *
     * @param cpus of each thread but the calling one; numbers as in {@link dev.gatun.natives.Machine#affinity}
     * @return whether they are there; if not, they may run where the calling thread may
     * @throws IllegalArgumentException if these are not one less than the model is compiled for threads, or one is empty
     * @throws IllegalStateException if the session is closed, another thread is in it, or the calling thread is virtual
     */
    @Override
    public boolean pin(List<BitSet> cpus) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a session runs on platform threads only: pin it on one");
        }
        enter();
        try {
            return execution.pin(cpus);
        } finally {
            state.set(State.IDLE);
        }
    }

    private FlightRecord flightRecord() {
        FlightRecord known = flightRecord;
        if (known == null) {
            known = model.newFlightRecord();
            flightRecord = known;
        }
        return known;
    }

    private void enter() {
        if (!state.compareAndSet(State.IDLE, State.RUNNING)) {
            throw new IllegalStateException(
                    state.get() == State.CLOSED
                            ? "the session is closed"
                            : "another thread is in the session: open one session for each thread");
        }
    }

    /** The model it runs. */
    public CompiledModel model() {
        return model;
    }

    /**
     * Frees its memory. May be called again.
     *
     * @throws IllegalStateException if another thread is in the session; nothing is freed then
     */
    @Override
    public void close() {
        State before = state.compareAndExchange(State.IDLE, State.CLOSED);
        if (before == State.CLOSED) {
            return;
        }
        if (before == State.RUNNING) {
            throw new IllegalStateException("another thread is in the session, which cannot be closed meanwhile");
        }
        try {
            execution.close();
        } finally {
            model.release();
        }
    }
}
