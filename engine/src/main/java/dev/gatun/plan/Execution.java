package dev.gatun.plan;

import dev.gatun.natives.LargeMemory;
import dev.gatun.natives.Routine;
import dev.gatun.natives.TeamWork;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.WinogradArguments;
import dev.gatun.onednn.ExecArgs;
import dev.gatun.onednn.Memory;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.Primitive;
import dev.gatun.onednn.Stream;
import dev.gatun.onednn.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plan with memory of its own to run in: activations, scratchpad and prebuilt arguments, owned until {@link #close()}. The plan is
 * borrowed and has to outlive it. Belongs to one thread at a time; its owner sees to that.
 */
public final class Execution implements AutoCloseable {
    /** A step bound to this execution's memory. */
    private interface Action {
        void run(MemorySegment src, MemorySegment dst);
    }

    /** A memory over a part of one of the caller's segments. */
    private record Bound(Memory memory, Operand.InBuffer operand) {}

    private final NativeStack handles;
    private final int threads;
    private final Stream stream;
    private final Arena arena;
    private final MemorySegment activations;
    private final MemorySegment scratchpad;
    private final Plan plan;
    private final List<Bound> bounds = new ArrayList<>();
    private final Action[] actions;
    private MemorySegment src;
    private MemorySegment dst;

    /**
     * Allocates what a run needs, so that runs allocate nothing; on failure nothing is kept.
     *
     * @throws IllegalArgumentException if the system property {@code gatun.core} is neither {@code ask}, {@code alone} nor {@code shared}
     */
    public Execution(Plan plan) {
        this.plan = plan;
        this.threads = plan.request().threads();
        try (NativeStack rollback = new NativeStack()) {
            this.arena = rollback.push(Arena.ofShared());
            this.activations = allocate(arena, plan.arenaBytes());
            this.scratchpad = allocate(arena, plan.scratchpadBytes());
            this.stream = rollback.push(Stream.of(plan.engine()));
            // Stands in for the caller's segments until the first run.
            long callers = Math.max(plan.srcBytes(), plan.dstBytes());
            MemorySegment unset = activations.byteSize() >= callers ? activations : allocate(arena, callers);
            this.actions = plan.steps().stream()
                    .map(step -> bind(step, unset, rollback))
                    .toArray(Action[]::new);
            this.src = unset;
            this.dst = unset;
            this.handles = rollback.detach();
        }
    }

    private static MemorySegment allocate(Arena arena, long bytes) {
        return LargeMemory.allocate(arena, Math.max(bytes, ArenaPlanner.ALIGNMENT));
    }

    /**
     * Runs the plan once. Allocates nothing.
     *
     * @param src images, native, {@link Plan#srcBytes()} long, kept alive until it has been read
     * @param dst results, native, {@link Plan#dstBytes()} long, kept alive while it is written
     */
    public void run(MemorySegment src, MemorySegment dst) {
        run(src, dst, null);
    }

    /**
     * Runs the plan once, waiting after each step.
     *
     * @param src as for {@link #run(MemorySegment, MemorySegment)}
     * @param dst as for {@link #run(MemorySegment, MemorySegment)}
     * @param listener is told of every step; null if nobody wants to know, and then nothing waits
     */
    public void run(MemorySegment src, MemorySegment dst, @Nullable StepListener listener) {
        int callersThreads = OneDnn.maxThreads();
        OneDnn.setThreads(threads);
        try {
            execute(src, dst, listener);
        } finally {
            OneDnn.restoreThreads(callersThreads);
        }
    }

    @SuppressWarnings({"ReferenceEquality", "MemorySegmentReferenceEquality"}) // the very segments of the run before
    private void execute(MemorySegment src, MemorySegment dst, @Nullable StepListener listener) {
        if (src != this.src || dst != this.dst) {
            bind(src, dst);
        }
        for (int step = 0; step < actions.length; step++) {
            if (listener == null) {
                actions[step].run(src, dst);
            } else {
                listener.before(step);
                actions[step].run(src, dst);
                stream.await();
                listener.after(step);
            }
        }
        stream.await();
    }

    /** Points oneDNN's memories at the caller's segments. Those of the run before need that only once. */
    private void bind(MemorySegment src, MemorySegment dst) {
        // Should a memory refuse, because an arena was closed meanwhile, the next run has to bind them all.
        this.src = MemorySegment.NULL;
        this.dst = MemorySegment.NULL;
        for (Bound bound : bounds) {
            MemorySegment segment = bound.operand().buffer().home() == Buffer.Home.SRC ? src : dst;
            bound.memory().setData(segment.asSlice(bound.operand().position()));
        }
        this.src = src;
        this.dst = dst;
    }

    private Action bind(Step step, MemorySegment unset, NativeStack owner) {
        return switch (step) {
            case Step.Execute execute -> execute(execute, unset, owner);
            case Step.Tiles tiles -> tiles(tiles);
            case Step.Filter filter -> filter(filter);
            case Step.ReadPixels read -> {
                PixelReader reader = read.reader();
                Consumer<MemorySegment> bound =
                        reader.bind(arena, read.image(), slice(read.dst(), read.offset(), reader.dstBytes()));
                yield (src, _) -> bound.accept(src);
            }
            case Step.Round round -> {
                MemorySegment data = slice(round.buffer(), round.offset(), round.count() * Float.BYTES);
                yield (_, _) -> round.rounding().round(data, round.count());
            }
        };
    }

    private Action tiles(Step.Tiles step) {
        TileWork work = step.work();
        TileWork.Addresses addresses = new TileWork.Addresses(
                address(step.src()),
                step.second() == null ? 0 : address(step.second()),
                address(step.dst()),
                step.residual() == null ? 0 : address(step.residual()),
                activations.address() + step.nowhere().offset());
        int parts = threads == 1 ? 1 : threads * TileWork.PARTS;
        MemorySegment arguments = arena.allocate(TileArguments.BYTES * parts, TileArguments.ROW_BYTES);
        for (int part = 0; part < parts; part++) {
            MemorySegment own = arguments.asSlice(part * TileArguments.BYTES, TileArguments.BYTES);
            work.fill(new TileArguments(own), addresses, part, parts);
        }
        if (!callers(step.dst())) {
            return inTeam(work.function(), arguments, parts, false);
        }
        Action action = inTeam(work.function(), arguments, parts, true);
        List<MemorySegment> all = IntStream.range(0, parts)
                .mapToObj(part -> arguments.asSlice(part * TileArguments.BYTES, TileArguments.BYTES))
                .toList();
        return (src, dst) -> {
            for (int part = 0; part < parts; part++) {
                TileArguments.dst(all.get(part), dst.address() + step.dst().position());
            }
            action.run(src, dst);
        };
    }

    private Action filter(Step.Filter step) {
        WinogradWork work = step.work();
        WinogradWork.Addresses addresses = new WinogradWork.Addresses(
                address(step.src()),
                address(step.dst()),
                step.residual() == null ? 0 : address(step.residual()),
                activations.address() + step.space().offset(),
                activations.address() + step.nowhere().offset());
        MemorySegment arguments = arena.allocate(WinogradArguments.BYTES * threads, Long.BYTES);
        for (int thread = 0; thread < threads; thread++) {
            MemorySegment own = arguments.asSlice(thread * WinogradArguments.BYTES, WinogradArguments.BYTES);
            work.fill(new WinogradArguments(own), addresses, thread, threads);
        }
        return inTeam(work.function(), arguments, threads, false);
    }

    /** @param toCallers whether it writes to the caller's memory, which stays alive meanwhile */
    private Action inTeam(Routine routine, MemorySegment arguments, int parts, boolean toCallers) {
        if (threads == 1) {
            return (_, dst) -> routine.run(arguments, toCallers ? dst : MemorySegment.NULL);
        }
        TeamWork work = new TeamWork(arena, Team.threadNumber(), routine, arguments, parts, threads);
        MemorySegment code = TeamWork.code();
        return (_, dst) -> Team.run(code, work.next(), threads, toCallers ? dst : MemorySegment.NULL);
    }

    /** Where it lies, if it is not the caller's. */
    private long address(Operand.InBuffer operand) {
        return callers(operand) ? 0 : activations.address() + operand.position();
    }

    private Action execute(Step.Execute execute, MemorySegment unset, NativeStack owner) {
        ExecArgs.Builder builder = ExecArgs.builder();
        for (Step.Argument argument : execute.arguments()) {
            MemorySegment data = switch (argument.operand()) {
                case Operand.Constant(MemorySegment constant) -> constant;
                case Operand.Scratchpad _ -> scratchpad;
                case Operand.InBuffer(Buffer buffer, long offset) ->
                    buffer.home() == Buffer.Home.ARENA
                            ? slice(buffer, offset, argument.desc().size())
                            : unset;
            };
            Memory memory = owner.push(Memory.of(plan.engine(), argument.desc(), data));
            if (argument.operand() instanceof Operand.InBuffer operand && callers(operand)) {
                bounds.add(new Bound(memory, operand));
            }
            builder.add(argument.arg(), memory);
        }
        ExecArgs args = owner.push(builder.build());
        Primitive primitive = execute.primitive();
        primitive.check(args);
        Stream in = stream;
        boolean touchesCallers = execute.arguments().stream()
                .anyMatch(argument -> argument.operand() instanceof Operand.InBuffer operand && callers(operand));
        return touchesCallers
                ? (src, dst) -> primitive.execute(in, args, src, dst)
                : (_, _) -> primitive.execute(in, args);
    }

    private static boolean callers(Operand.InBuffer operand) {
        return operand.buffer().home() != Buffer.Home.ARENA;
    }

    private MemorySegment slice(Buffer buffer, long offset, long bytes) {
        return activations.asSlice(buffer.offset() + offset, bytes);
    }

    /**
     * Keeps the threads that runs have beside the calling one on CPUs of their own, until that compiles or closes anything for several
     * threads. Called by the thread that will run.
     *
     * @param cpus of each thread but the caller
     * @return whether they are there; if not, they may run where the caller may
     * @throws IllegalArgumentException if these are not one less than the plan has threads, or one is empty
     */
    public boolean pin(List<BitSet> cpus) {
        if (cpus.size() != threads - 1) {
            throw new IllegalArgumentException("CPUs of " + cpus.size()
                    + " threads beside the caller, expected those of " + (threads - 1) + ", as the plan has");
        }
        return threads > 1 && Team.pin(cpus);
    }

    /** Frees its memory, and ends the threads that the calling one has beside itself. May be called again. */
    @Override
    public void close() {
        try {
            handles.close();
        } finally {
            if (threads > 1) {
                Team.release();
            }
        }
    }
}
