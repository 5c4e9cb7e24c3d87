package dev.gatun;

import dev.gatun.natives.Machine;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.profile.FlightRecord;
import dev.gatun.profile.Profile;
import dev.gatun.profile.Profiler;
import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.Placement;
import dev.gatun.runtime.Results;
import dev.gatun.runtime.StreamPool;
import dev.gatun.runtime.Streamable;
import dev.gatun.spec.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A model made ready for one batch, image size and precision: primitives and packed weights. Immutable and shared by any number of
 * sessions on any threads. Owns its native memory; what sessions still use is freed when the last of them closes.
 */
public final class CompiledModel implements Streamable, AutoCloseable {
    /** A cache line. */
    private static final long ALIGNMENT = 64;

    private final String name;
    private final Plan plan;
    private final Shape srcShape;
    private final Sizing sizing;
    private final Results results;
    private int users = 1;
    private boolean closed;

    CompiledModel(String name, Plan plan, Shape srcShape, Sizing sizing) {
        this.name = name;
        this.plan = plan;
        this.srcShape = srcShape;
        this.sizing = sizing;
        this.results = new Results(plan.outputs().stream()
                .map(output -> output.shape().elements() / sizing.batch() * Float.BYTES)
                .toList());
    }

    /**
     * A session with memory of its own, to be closed by the caller.
     *
     * @throws IllegalStateException if this model is closed
     */
    @Override
    public Session newSession() {
        acquire();
        try {
            return new Session(this, plan);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /**
     * Streams that run the model side by side, to be closed by the caller. As many as were planned, unless their number was left open and
     * this process may use less of the machine than then.
     *
     * @throws IllegalArgumentException if several have been asked for and are more than this process can use by now
     */
    public StreamPool newPool() {
        return new StreamPool(this, sizing.placement(Machine.current()));
    }

    /**
     * The same streams for single images, of which they make batches; to be closed by the caller.
     *
     * @param maxDelay how long an image may wait for others to share its batch
     * @param capacity images that wait before there is no room for more, at least a batch
     * @throws IllegalArgumentException if the streams cannot be had, as in {@link #newPool}, or a number is none of that
     */
    public Batcher newBatcher(Duration maxDelay, int capacity) {
        return new Batcher(this, sizing.placement(Machine.current()), maxDelay, capacity);
    }

    /** Streams and threads that it was planned for, and why. */
    public Placement placement() {
        return sizing.placement();
    }

    /** Images of a run. */
    @Override
    public int batch() {
        return sizing.batch();
    }

    /** Why a run takes that many images, in words. */
    public String batchReason() {
        return sizing.batchReason();
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
    @Override
    public int threads() {
        return plan.request().threads();
    }

    /** Bytes of the images of a run. */
    @Override
    public long srcBytes() {
        return plan.srcBytes();
    }

    /** Alignment of images in bytes: that of their elements. */
    @Override
    public int srcAlignment() {
        return plan.request().input().elementBytes();
    }

    /** Bytes of the results of a run. */
    @Override
    public long dstBytes() {
        return plan.dstBytes();
    }

    @Override
    public Results results() {
        return results;
    }

    /** Memory for the images of a run, zeroed, that lives as long as {@code arena}. */
    public MemorySegment allocateSrc(Arena arena) {
        return arena.allocate(srcBytes(), ALIGNMENT);
    }

    /** Memory for the results of a run, zeroed, that lives as long as {@code arena}. */
    public MemorySegment allocateDst(Arena arena) {
        return arena.allocate(dstBytes(), ALIGNMENT);
    }

    /** Name, implementation and layouts of every step of a run. */
    public List<Plan.StepInfo> steps() {
        return plan.stepInfos();
    }

    /**
     * Takes the time of every layer, on the calling thread, beside the limits of the machine, which the first call in a process measures.
     *
     * @param runs to take the median of, at least 1
     * @throws IllegalStateException if this model is closed
     */
    public Profile profile(int runs) {
        acquire();
        try {
            return Profiler.profile(plan, runs);
        } finally {
            release();
        }
    }

    /** Layers whose implementation has been measured to be the fastest on this machine: see {@link CompileOptions#tuning()}. */
    public int tunedLayers() {
        return plan.tunedLayers();
    }

    /** Bytes of packed weights, shared by all sessions. */
    public long weightBytes() {
        return plan.weightBytes();
    }

    /** Bytes of activations that each session has. */
    public long arenaBytes() {
        return plan.arenaBytes();
    }

    /** Bytes of activations and scratchpad that each session has. */
    public long sessionBytes() {
        return plan.arenaBytes() + plan.scratchpadBytes();
    }

    /** What a session of this model records its runs with. */
    FlightRecord newFlightRecord() {
        return new FlightRecord(name, plan);
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

    /** What was planned, in a few words each: what is computed, in which batches, by which streams and implementations, in how much memory. */
    @Override
    public String toString() {
        PlanRequest request = plan.request();
        List<Plan.StepInfo> steps = steps();
        return String.format(
                Locale.ROOT,
                "%s %s, src %s %s, dst %s; batch %d (%s); %s; %d steps: %s; they write %s; tuned layers %d; weights %.1f MB, and for each stream activations %.1f MB and"
                        + " scratchpad %.1f MB",
                name,
                request.precision(),
                srcShape,
                request.input(),
                dstShape(),
                batch(),
                batchReason(),
                placement(),
                steps.size(),
                counts(steps, Plan.StepInfo::implementation),
                counts(steps, Plan.StepInfo::dstLayout),
                tunedLayers(),
                megabytes(plan.weightBytes()),
                megabytes(plan.arenaBytes()),
                megabytes(plan.scratchpadBytes()));
    }

    /** How many there are of each, the most frequent first. */
    private static String counts(List<Plan.StepInfo> steps, Function<Plan.StepInfo, String> which) {
        return steps.stream()
                .map(which)
                .filter(Predicate.not(String::isEmpty))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }
}
