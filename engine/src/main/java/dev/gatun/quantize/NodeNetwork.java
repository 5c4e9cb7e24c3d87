package dev.gatun.quantize;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.onednn.Algorithm;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.ExecArgs;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.Memory;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.Primitive;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.PropKind;
import dev.gatun.onednn.Stream;
import dev.gatun.plan.FoldedWeights;
import dev.gatun.spec.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A fused graph in f32 with one primitive for each node and nothing fused, so that every value can be looked at and changed on the way; all
 * values are NHWC. For threads with an OpenMP team of one. Owns primitives and weights until {@link #close()}; immutable but for
 * {@link #pack}, which one thread may call; its primitives run on many threads at once.
 */
final class NodeNetwork implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    /**
     * A node's primitive.
     *
     * @param primitive borrowed
     * @param args oneDNN's indices of what it reads and writes, with their descriptors
     * @param scratchpad bytes
     */
    record Operation(Primitive primitive, SequencedMap<Integer, MemoryDesc> args, long scratchpad) {
        Operation {
            args = new LinkedHashMap<>(args);
        }
    }

    private final Graph graph;
    private final Map<String, Shape> shapes;
    private final NativeStack handles;
    private final Engine engine;
    private final Arena arena;
    private final Attr attr;
    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final Map<String, Packed> weights = new LinkedHashMap<>();

    /**
     * Makes primitives and packs the f32 weights; on failure nothing is kept. The calling thread needs an OpenMP team of one.
     *
     * @param graph fused
     * @param parameters of the graph
     * @param batch images of a run
     */
    NodeNetwork(Graph graph, Function<String, float[]> parameters, long batch, long height, long width) {
        this.graph = graph;
        this.shapes = graph.shapes(batch, height, width);
        try (NativeStack rollback = new NativeStack()) {
            this.engine = Engine.cpu();
            this.arena = rollback.push(Arena.ofShared());
            this.attr = rollback.push(Attr.builder().build());
            for (Node node : graph.nodes()) {
                PrimitiveDesc desc = describe(node, rollback);
                if (desc != null) {
                    operations.put(node.name(), operation(node, desc, rollback));
                    if (node instanceof Node.Conv || node instanceof Node.InnerProduct) {
                        FoldedWeights folded = Topology.folded(node, parameters);
                        weights.put(node.name(), pack(node.name(), folded.weights(), folded.bias()));
                    }
                }
            }
            this.handles = rollback.detach();
        }
    }

    Graph graph() {
        return graph;
    }

    Engine engine() {
        return engine;
    }

    /** The shape of a value, outermost first, whatever its layout. */
    Shape shape(String value) {
        return Objects.requireNonNull(shapes.get(value));
    }

    /** The primitive of a node, or null if it has none. */
    @Nullable
    Operation operation(String node) {
        return operations.get(node);
    }

    /** The f32 weights of a layer. */
    Packed weights(String layer) {
        return Objects.requireNonNull(weights.get(layer));
    }

    /** Bytes of all values of a run. */
    long valueBytes() {
        return shapes.values().stream().mapToLong(Shape::elements).sum() * Float.BYTES;
    }

    private @Nullable PrimitiveDesc describe(Node node, NativeStack owner) {
        return switch (node) {
            case Node.Conv conv -> conv(conv, owner);
            case Node.InnerProduct product -> innerProduct(product, owner);
            case Node.MaxPool pool -> pool(pool, Algorithm.POOLING_MAX, pool.window(), owner);
            case Node.AveragePool pool ->
                pool(
                        pool,
                        pool.countPadding()
                                ? Algorithm.POOLING_AVG_INCLUDE_PADDING
                                : Algorithm.POOLING_AVG_EXCLUDE_PADDING,
                        pool.window(),
                        owner);
            case Node.GlobalMaxPool pool -> pool(pool, Algorithm.POOLING_MAX, whole(shape(pool.src())), owner);
            case Node.GlobalAveragePool pool ->
                pool(pool, Algorithm.POOLING_AVG_EXCLUDE_PADDING, whole(shape(pool.src())), owner);
            case Node.Input _, Node.Relu _, Node.Add _ -> null;
            case Node.BatchNorm _, Node.ZeroPadShortcut _, Node.Softmax _, Node.Sigmoid _ ->
                throw new IllegalArgumentException("node " + node.name()
                        + " cannot be quantised: expected a fused graph" + " that ends in logits, found " + node);
        };
    }

    private PrimitiveDesc conv(Node.Conv conv, NativeStack owner) {
        Window w = conv.window();
        int groups = conv.groups();
        Shape shape = groups == 1
                ? Shape.of(conv.oc(), conv.ic(), w.kernelH(), w.kernelW())
                : Shape.of(groups, conv.oc() / groups, conv.ic() / groups, w.kernelH(), w.kernelW());
        return owner.push(PrimitiveDesc.convolutionForward(
                engine,
                PropKind.FORWARD_INFERENCE,
                Algorithm.CONVOLUTION_DIRECT,
                value(conv.src(), owner),
                desc(FormatTag.ANY, shape, owner),
                desc(FormatTag.X, Shape.of(conv.oc()), owner),
                value(conv.name(), owner),
                new long[] {w.strideH(), w.strideW()},
                new long[] {w.dilation() - 1L, w.dilation() - 1L},
                new long[] {w.padTop(), w.padLeft()},
                new long[] {w.padBottom(), w.padRight()},
                attr));
    }

    private PrimitiveDesc innerProduct(Node.InnerProduct product, NativeStack owner) {
        Shape src = shape(product.src());
        return owner.push(PrimitiveDesc.innerProductForward(
                engine,
                PropKind.FORWARD_INFERENCE,
                value(product.src(), owner),
                desc(FormatTag.ANY, Shape.of(product.oc(), src.dim(1), src.dim(2), src.dim(3)), owner),
                desc(FormatTag.X, Shape.of(product.oc()), owner),
                value(product.name(), owner),
                attr));
    }

    private PrimitiveDesc pool(Node pool, Algorithm algorithm, Window w, NativeStack owner) {
        return owner.push(PrimitiveDesc.poolingForward(
                engine,
                PropKind.FORWARD_INFERENCE,
                algorithm,
                value(pool.sources().getFirst(), owner),
                value(pool.name(), owner),
                new long[] {w.strideH(), w.strideW()},
                new long[] {w.kernelH(), w.kernelW()},
                new long[2],
                new long[] {w.padTop(), w.padLeft()},
                new long[] {w.padBottom(), w.padRight()},
                attr));
    }

    private static Window whole(Shape src) {
        return new Window(src.intDim(2), src.intDim(3), 1, 1, 0, 0, 0, 0, 1);
    }

    private MemoryDesc value(String name, NativeStack owner) {
        Shape shape = shape(name);
        return desc(shape.rank() == 2 ? FormatTag.NC : FormatTag.NHWC, shape, owner);
    }

    private static MemoryDesc desc(FormatTag tag, Shape shape, NativeStack owner) {
        return owner.push(MemoryDesc.of(DataType.F32, tag, shape.toArray()));
    }

    private static Operation operation(Node node, PrimitiveDesc desc, NativeStack owner) {
        SequencedMap<Integer, MemoryDesc> args = new LinkedHashMap<>();
        args.put(Arg.SRC, desc.src());
        if (node instanceof Node.Conv || node instanceof Node.InnerProduct) {
            args.put(Arg.WEIGHTS, desc.weights());
            args.put(Arg.BIAS, desc.bias());
        }
        args.put(Arg.DST, desc.dst());
        long scratchpad = desc.scratchpad().size();
        if (scratchpad > 0) {
            args.put(Arg.SCRATCHPAD, desc.scratchpad());
        }
        return new Operation(owner.push(desc.create()), args, scratchpad);
    }

    /**
     * Brings weights into the layout that a layer's primitive reads.
     *
     * @param values [oc, ic / groups, kh, kw] row-major
     * @param bias [oc]
     * @return memory of this network
     */
    Packed pack(String layer, float[] values, float[] bias) {
        MemoryDesc wanted = Objects.requireNonNull(
                Objects.requireNonNull(operations.get(layer)).args().get(Arg.WEIGHTS));
        MemorySegment packed = arena.allocate(wanted.size(), ALIGNMENT);
        FormatTag plainTag = wanted.ndims() == 5 ? FormatTag.GOIHW : FormatTag.OIHW;
        try (Arena staging = Arena.ofConfined();
                NativeStack temporary = new NativeStack()) {
            MemoryDesc plain = temporary.push(MemoryDesc.of(DataType.F32, plainTag, wanted.dims()));
            PrimitiveDesc reorder = temporary.push(PrimitiveDesc.reorder(engine, plain, wanted, attr));
            MemorySegment src = staging.allocate(plain.size(), ALIGNMENT);
            MemorySegment.copy(values, 0, src, ValueLayout.JAVA_FLOAT, 0, values.length);
            ExecArgs.Builder args = ExecArgs.builder()
                    .add(Arg.FROM, temporary.push(Memory.of(engine, plain, src)))
                    .add(Arg.TO, temporary.push(Memory.of(engine, wanted, packed)));
            MemoryDesc scratchpad = reorder.scratchpad();
            if (scratchpad.size() > 0) {
                MemorySegment room = staging.allocate(scratchpad.size(), ALIGNMENT);
                args.add(Arg.SCRATCHPAD, temporary.push(Memory.of(engine, scratchpad, room)));
            }
            Stream stream = temporary.push(Stream.of(engine));
            temporary.push(reorder.create()).execute(stream, temporary.push(args.build()));
            stream.await();
        }
        return new Packed(packed, bias(bias));
    }

    /** The same weights with another bias. */
    Packed withBias(Packed packed, float[] bias) {
        return new Packed(packed.weights(), bias(bias));
    }

    private MemorySegment bias(float[] bias) {
        MemorySegment segment = arena.allocate((long) bias.length * Float.BYTES, ALIGNMENT);
        MemorySegment.copy(bias, 0, segment, ValueLayout.JAVA_FLOAT, 0, bias.length);
        return segment;
    }

    /** The outputs of the graph, of which there is one. */
    String logits() {
        List<String> outputs = graph.outputs();
        if (outputs.size() != 1) {
            throw new IllegalArgumentException("the graph puts out " + outputs + ", expected logits alone");
        }
        return outputs.getFirst();
    }

    @Override
    public void close() {
        handles.close();
    }
}
