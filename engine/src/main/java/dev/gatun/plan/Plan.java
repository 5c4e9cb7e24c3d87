package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Passes;
import dev.gatun.onednn.AmxGuard;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.Team;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shape;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A network made ready to run: primitives in order, packed weights, and where every value lies. It owns primitives and weights,
 * about as many bytes as {@link #weightBytes()}, until {@link #close()}; what runs it must end before. Immutable and thread-safe.
 */
public final class Plan implements AutoCloseable {
    private final PlanRequest request;
    private final NativeStack handles;
    private final Engine engine;
    private final List<Step> steps;
    private final List<Output> outputs;
    private final long srcBytes;
    private final long dstBytes;
    private final long arenaBytes;
    private final long scratchpadBytes;
    private final long weightBytes;
    private final int tunedLayers;

    /**
     * Plans {@code graph}; on failure nothing is kept.
     *
     * @param graph as built or fused; fused again does no harm
     * @param weights of the layers of the fused graph
     * @throws IllegalArgumentException if the graph cannot take such images, or is to compute in int8 and nothing is known for that
     * @throws IllegalStateException if the calling thread is virtual
     * @throws UnsupportedPrecisionException if the CPU is not fast in the precision and it is not to be emulated
     */
    public static Plan of(Graph graph, LayerWeights weights, PlanRequest request) {
        return of(graph, weights, request, PlanCache.ofUser(), TuningFile::ofUser);
    }

    /** @param tuned is asked after {@link AmxGuard} */
    static Plan of(
            Graph graph, LayerWeights weights, PlanRequest request, PlanCache cache, Supplier<TuningFile> tuned) {
        if (graph.outputs().contains(graph.input().name())) {
            throw new IllegalArgumentException("the graph puts out its input, expected something to compute");
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a model is compiled on platform threads only: hand it to one");
        }
        // All that needs no oneDNN comes first: it may yet be loading.
        Quantization quantization = request.precision() == Precision.INT8 ? quantization(weights) : null;
        Graph fused = Passes.fuse(graph);
        Optional<String> subject = weights.contentId().map(id -> PlanCache.subject(id, fused, request));
        AmxGuard.apply();
        Arithmetic arithmetic = Arithmetic.of(request);
        int callersThreads = OneDnn.maxThreads();
        // Primitives are made for the team size of the thread that makes them.
        OneDnn.setThreads(request.threads());
        try (NativeStack rollback = new NativeStack()) {
            Arena packed = rollback.push(Arena.ofShared());
            Engine engine = Engine.cpu();
            Optional<byte[]> key = subject.map(PlanCache::key);
            WeightPacker packer = new WeightPacker(
                    engine,
                    packed,
                    arithmetic.rounding(),
                    key.map(known -> cache.find(known, packed)).orElse(Map.of()));
            TuningFile tunings = tuned.get();
            Tuner tuner = new Tuner(tunings, request.tune());
            PlanBuilder builder = new PlanBuilder(engine, rollback, packer, tuner, arithmetic.rounding());
            Planner planner = new Planner(fused, weights, request, arithmetic, quantization, builder);
            planner.run();
            tunings.save();
            if (packer.packedAny()) {
                key.ifPresent(known -> cache.store(known, packer.stored()));
            }
            return new Plan(request, rollback, builder, planner, graph);
        } finally {
            OneDnn.restoreThreads(callersThreads);
            // What runs the plan is more often than not another thread.
            if (request.threads() > 1) {
                Team.release();
            }
        }
    }

    private Plan(PlanRequest request, NativeStack rollback, PlanBuilder builder, Planner planner, Graph graph) {
        this.request = request;
        this.engine = builder.engine();
        this.steps = List.copyOf(builder.steps(request.batch()));
        this.outputs = outputs(graph, planner);
        this.srcBytes = request.batch()
                * graph.input().channels()
                * request.height()
                * request.width()
                * request.input().elementBytes();
        Buffer last = planner.results().getLast().buffer();
        this.dstBytes = last.offset() + last.bytes();
        this.arenaBytes = builder.placeBuffers();
        this.scratchpadBytes = builder.scratchpadBytes();
        this.weightBytes = builder.packer().bytes();
        this.tunedLayers = builder.tunedLayers();
        this.handles = rollback.detach();
    }

    private static List<Output> outputs(Graph graph, Planner planner) {
        return IntStream.range(0, graph.outputs().size())
                .mapToObj(i -> {
                    Value dst = planner.results().get(i);
                    return new Output(
                            graph.outputs().get(i),
                            Shape.of(dst.desc().dims()),
                            dst.buffer().offset());
                })
                .toList();
    }

    private static Quantization quantization(LayerWeights weights) {
        Quantization quantization = weights.quantization();
        if (quantization == null) {
            throw new IllegalArgumentException(
                    "int8 needs weights and activations that have been quantised, which these have not: gatun quantize does it");
        }
        return quantization;
    }

    /** What it was planned for. */
    public PlanRequest request() {
        return request;
    }

    /**
     * A result.
     *
     * @param name of the node, as in the graph that was planned
     * @param shape of its values: f32, row-major
     * @param offset of the first of them in the caller's memory, in bytes
     */
    public record Output(String name, Shape shape, long offset) {}

    /** The results in the order of the graph's outputs, each at a multiple of 64 bytes. */
    public List<Output> outputs() {
        return outputs;
    }

    /** Bytes of the images of a run. */
    public long srcBytes() {
        return srcBytes;
    }

    /** Bytes of the results of a run. */
    public long dstBytes() {
        return dstBytes;
    }

    /** Bytes of activations that every session has. */
    public long arenaBytes() {
        return arenaBytes;
    }

    /** Bytes of scratchpad that every session has. */
    public long scratchpadBytes() {
        return scratchpadBytes;
    }

    /** Bytes of packed weights that all sessions share. */
    public long weightBytes() {
        return weightBytes;
    }

    /** Layers whose implementation has been measured to be the fastest on this machine. */
    public int tunedLayers() {
        return tunedLayers;
    }

    /** What every step is, in order. */
    public List<StepInfo> stepInfos() {
        return steps.stream()
                .map(step -> new StepInfo(step.name(), step.implementation(), step.layouts()))
                .toList();
    }

    /** What every step costs in a run, in order. */
    public List<StepCost> stepCosts() {
        return steps.stream().map(step -> StepCost.of(step, srcBytes)).toList();
    }

    /**
     * A step in words.
     *
     * @param name node, or what is prepared for it
     * @param implementation as oneDNN names it
     * @param layouts type, layout and dimensions of what it reads and writes, such as {@code u8:acdb 1x64x56x56 -> u8:acdb 1x256x56x56};
     *     empty if it is no primitive
     */
    public record StepInfo(String name, String implementation, String layouts) {
        private static final String ARROW = "-> ";

        /** Type and layout of what it writes, such as {@code u8:acdb}; empty if it is no primitive. */
        public String dstLayout() {
            int arrow = layouts.indexOf(ARROW);
            return arrow < 0 ? "" : layouts.substring(arrow + ARROW.length()).split(" ", 2)[0];
        }
    }

    List<Step> steps() {
        return steps;
    }

    Engine engine() {
        return engine;
    }

    /** Frees primitives and weights. May be called again. */
    @Override
    public void close() {
        handles.close();
    }
}
