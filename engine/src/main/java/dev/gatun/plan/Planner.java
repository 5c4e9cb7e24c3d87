package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.onednn.Algorithm;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.PropKind;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.plan.PlanBuilder.Arguments;
import dev.gatun.spec.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns a fused graph into steps: chooses layouts, packs weights, gives every value a buffer. One use, one thread. */
final class Planner {
    private static final PropKind INFERENCE = PropKind.FORWARD_INFERENCE;

    private final Graph graph;
    private final LayerWeights weights;
    private final PlanRequest request;
    private final DataType type;
    private final PlanBuilder plan;
    private final EightBit eightBit;
    private final SubBatches subBatches;
    private final Values values;
    private final TilePlanner tiles;
    private final WinogradPlanner winograd;
    private final Map<Long, Map<String, Shape>> shapes = new HashMap<>();
    private final Map<String, Integer> unread;
    private final List<Value> dsts;

    /**
     * @param arithmetic of all layers but those in int8
     * @param quantization null where nothing is to compute in int8
     */
    Planner(
            Graph graph,
            LayerWeights weights,
            PlanRequest request,
            Arithmetic arithmetic,
            @Nullable Quantization quantization,
            PlanBuilder plan) {
        this.graph = graph;
        this.weights = weights;
        this.request = request;
        this.type = arithmetic.type();
        this.plan = plan;
        shapes.put(request.batch(), shapes(graph, request));
        Normalization normalization = request.normalization();
        boolean pixels = request.input().pixels() && normalization != null && PixelStem.fits(normalization);
        this.eightBit = new EightBit(graph, quantization, pixels);
        boolean emulated = arithmetic.rounding() != null;
        this.values = new Values(plan, request, graph, type, emulated, eightBit, this::shape);
        this.tiles = new TilePlanner(plan, values, eightBit, graph, type, request, this::shape, this::images);
        this.winograd =
                new WinogradPlanner(plan, values, eightBit, graph, type, emulated, request.threads(), this::shape);
        this.subBatches = new SubBatches(
                graph,
                graph.shapes(1, request.height(), request.width()),
                request.batch(),
                quantization == null ? type.size() : 1,
                request.cacheBytes(tiles.computesAny()));
        this.unread = graph.uses();
        this.dsts = dsts();
    }

    /** The shapes of all values, none of which may have more elements than the largest array. */
    private static Map<String, Shape> shapes(Graph graph, PlanRequest request) {
        String images = request.batch() + " images of " + request.height() + "x" + request.width();
        try {
            Map<String, Shape> shapes = graph.shapes(request.batch(), request.height(), request.width());
            shapes.forEach((name, shape) -> {
                if (shape.elements() > Integer.MAX_VALUE) {
                    throw new IllegalArgumentException(images + " are too many at once: " + name + " would have "
                            + shape + " values, expected at most " + Integer.MAX_VALUE);
                }
            });
            return shapes;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(images + " are too many at once", e);
        }
    }

    /** Where the results of all images go, one output after the other. */
    private List<Value> dsts() {
        Map<String, Shape> all = Objects.requireNonNull(shapes.get(request.batch()));
        List<Value> results = graph.outputs().stream()
                .map(output -> plan.plainDesc(DataType.F32, all.getOrDefault(output, Shape.of())))
                .map(desc -> new Value(desc, new Buffer(Home.DST, desc.size(), request.batch())))
                .toList();
        long bytes = 0;
        for (Value dst : results) {
            dst.buffer().place(bytes);
            bytes = ArenaPlanner.align(bytes + dst.buffer().bytes());
        }
        return results;
    }

    /** The results in the order of the graph's outputs, f32, in the plain layout of their extents, one after the other. */
    List<Value> results() {
        return dsts;
    }

    /** Shape of the value of this name, for the images that steps work on. */
    private Shape shape(String name) {
        return shapes.computeIfAbsent(plan.images(), images -> graph.shapes(images, request.height(), request.width()))
                .getOrDefault(name, Shape.of());
    }

    private long images(Node node) {
        return subBatches.images(node);
    }

    /** Plans every node in order. */
    void run() {
        for (Node node : graph.nodes()) {
            plan.section(subBatches.images(node));
            if (!(node instanceof Node.Input) && !tiles.merges(node)) {
                values.put(node.name(), plan(node));
                node.sources().forEach(source -> unread.merge(source, -1, Integer::sum));
                deliver(node.name());
            }
        }
    }

    /** Copies the value of {@code name} to the caller if it is an output, before anything is computed in its place. */
    private void deliver(String name) {
        int output = graph.outputs().indexOf(name);
        if (output >= 0) {
            Value result = values.get(name);
            if (result.buffer().home() != Home.DST) {
                plan.copy(name, result, dst(output));
            }
            unread.merge(name, -1, Integer::sum);
        }
    }

    /** A result for the images that steps work on. */
    private Value dst(int output) {
        Value all = dsts.get(output);
        return new Value(plan.plainDesc(DataType.F32, shape(graph.outputs().get(output))), all.buffer());
    }

    private Value plan(Node node) {
        return switch (node) {
            case Node.Conv conv -> conv(conv);
            case Node.MaxPool pool ->
                tiles.computes(pool)
                        ? tiles.pooling().greatest(pool)
                        : pool(pool, Algorithm.POOLING_MAX, values.get(pool.src()), pool.window());
            case Node.AveragePool pool ->
                pool(
                        pool,
                        pool.countPadding()
                                ? Algorithm.POOLING_AVG_INCLUDE_PADDING
                                : Algorithm.POOLING_AVG_EXCLUDE_PADDING,
                        values.get(pool.src()),
                        pool.window());
            case Node.GlobalMaxPool pool ->
                pool(pool, Algorithm.POOLING_MAX, values.floating(pool.src()), whole(shape(pool.src())));
            case Node.GlobalAveragePool pool ->
                tiles.computes(pool)
                        ? tiles.pooling().means(pool)
                        : pool(
                                pool,
                                Algorithm.POOLING_AVG_EXCLUDE_PADDING,
                                values.floating(pool.src()),
                                whole(shape(pool.src())));
            case Node.InnerProduct product -> innerProduct(product);
            case Node.Softmax softmax -> softmax(softmax);
            case Node.Sigmoid sigmoid -> sigmoid(sigmoid);
            case Node.Relu relu -> relu(relu);
            case Node.Add add -> add(add);
            case Node.BatchNorm _, Node.ZeroPadShortcut _, Node.Input _ ->
                throw new IllegalArgumentException("node " + node.name() + " has to be lowered before planning");
        };
    }

    private Value conv(Node.Conv conv) {
        String residual = conv.epilogue().residual();
        boolean lastReader = residual != null && unread.getOrDefault(residual, 0) == 1;
        ConvPlanner planner =
                new ConvPlanner(plan, values, eightBit, type, conv, shape(conv.src()), shape(conv.name()), lastReader);
        if (eightBit.stem(conv)) {
            PixelStem stem = new PixelStem(
                    weights.of(conv),
                    conv.window().kernelH() * conv.window().kernelW(),
                    Objects.requireNonNull(request.normalization()),
                    PairLimit.matters());
            Value pixels = planner.pixels(stem, request, tiles.rowsTogether(conv));
            return tiles.computes(conv)
                    ? tiles.onPixels(conv, stem.layer(), pixels, lastReader)
                    : planner.onPixels(stem, pixels);
        }
        if (eightBit.computes(conv)) {
            QuantizedLayer layer = EightBit.embeds(conv) ? ConvPlanner.embedding(conv) : layer(conv);
            return tiles.computes(conv) ? tiles.quantized(conv, layer, lastReader) : planner.quantized(layer);
        }
        if (tiles.computes(conv)) {
            TileNodes.Sum sum = tiles.sum(conv);
            return sum == null
                    ? tiles.floating(conv, weights.of(conv), lastReader)
                    : tiles.floating(conv, sum, weights.of(sum.inner()), weights.of(sum.shortcut()));
        }
        return winograd.computes(conv)
                ? winograd.convolve(conv, weights.of(conv), lastReader)
                : planner.floating(weights.of(conv));
    }

    private QuantizedLayer layer(Node node) {
        QuantizedLayer layer = eightBit.layer(node);
        return PairLimit.matters() ? layer.inSevenBits() : layer;
    }

    private Value pool(Node node, Algorithm algorithm, Value src, Window window) {
        PrimitiveDesc desc = plan.own(PrimitiveDesc.poolingForward(
                plan.engine(),
                INFERENCE,
                algorithm,
                src.desc(),
                plan.desc(src.desc().dataType(), FormatTag.ANY, shape(node.name())),
                Windows.strides(window),
                new long[] {window.kernelH(), window.kernelW()},
                new long[2],
                Windows.padLeft(window),
                Windows.padRight(window),
                plan.plainAttr()));
        Value result = plan.value(desc.dst(), src.scale());
        plan.execute(node.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), result);
        return result;
    }

    private Value innerProduct(Node.InnerProduct product) {
        if (tiles.computes(product)) {
            Value result = resultOf(product, plan.plainDesc(DataType.F32, shape(product.name())));
            if (eightBit.computes(product)) {
                tiles.products().quantized(product, layer(product), result);
            } else {
                tiles.products().floating(product, weights.of(product), result);
            }
            return result;
        }
        if (eightBit.computes(product)) {
            Value src = values.eightBit(product.src());
            QuantizedLayer layer = layer(product);
            Attr attr = plan.own(Attr.builder().scales(Arg.WEIGHTS, 0b1).build());
            PrimitiveDesc desc = innerProduct(product, src.desc().dataType(), DataType.S8, attr);
            Arguments arguments = new Arguments()
                    .constant(
                            Arg.WEIGHTS,
                            plan.packer().weights8(product.name(), layer::weights, FormatTag.OIHW, desc.weights()))
                    .constant(
                            Arg.attrScales(Arg.WEIGHTS),
                            plan.scales(
                                    product.name(),
                                    product.oc(),
                                    () -> ConvPlanner.times(layer.scales(), src.scale(), 1)));
            return finish(product, src, desc, arguments, layer::bias);
        }
        PrimitiveDesc desc = innerProduct(product, type, type, plan.plainAttr());
        FoldedWeights folded = weights.of(product);
        Arguments arguments = new Arguments()
                .constant(
                        Arg.WEIGHTS,
                        plan.packer().weights(product.name(), folded::weights, FormatTag.OIHW, desc.weights()));
        return finish(product, values.floating(product.src()), desc, arguments, folded::bias);
    }

    private PrimitiveDesc innerProduct(Node.InnerProduct product, DataType src, DataType weights, Attr attr) {
        Shape srcShape = shape(product.src());
        Shape matrix = Shape.of(product.oc(), srcShape.dim(1), srcShape.dim(2), srcShape.dim(3));
        return plan.own(PrimitiveDesc.innerProductForward(
                plan.engine(),
                INFERENCE,
                plan.desc(src, FormatTag.ANY, srcShape),
                plan.desc(weights, FormatTag.ANY, matrix),
                biasDesc(product),
                plan.plainDesc(DataType.F32, shape(product.name())),
                attr));
    }

    private MemoryDesc biasDesc(Node.InnerProduct product) {
        return plan.desc(DataType.F32, FormatTag.X, Shape.of(product.oc()));
    }

    private Value finish(
            Node.InnerProduct product, Value given, PrimitiveDesc desc, Arguments arguments, Supplier<float[]> bias) {
        Value src = plan.reorder(product.name(), given, desc.src());
        Value result = resultOf(product, desc.dst());
        arguments
                .value(Arg.SRC, src)
                .constant(Arg.BIAS, plan.packer().floats(product.name() + ".bias", bias, biasDesc(product)))
                .value(Arg.DST, result);
        plan.execute(product.name(), desc, arguments, null);
        return result;
    }

    private Value softmax(Node.Softmax softmax) {
        Value src = values.get(softmax.src());
        PrimitiveDesc desc = plan.own(PrimitiveDesc.softmaxForward(
                plan.engine(),
                INFERENCE,
                Algorithm.SOFTMAX_ACCURATE,
                src.desc(),
                plan.plainDesc(DataType.F32, shape(softmax.name())),
                1,
                plan.plainAttr()));
        Value result = resultOf(softmax, desc.dst());
        plan.execute(softmax.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value sigmoid(Node.Sigmoid sigmoid) {
        Value src = values.get(sigmoid.src());
        MemoryDesc dst = plan.plainDesc(DataType.F32, shape(sigmoid.name()));
        PrimitiveDesc desc = plan.own(PrimitiveDesc.eltwiseForward(
                plan.engine(), INFERENCE, Algorithm.ELTWISE_LOGISTIC, src.desc(), dst, 0, 0, plan.plainAttr()));
        Value result = resultOf(sigmoid, desc.dst());
        plan.execute(sigmoid.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value relu(Node.Relu relu) {
        Value src = values.floating(relu.src());
        PrimitiveDesc desc = plan.own(PrimitiveDesc.eltwiseForward(
                plan.engine(), INFERENCE, Algorithm.ELTWISE_RELU, src.desc(), src.desc(), 0, 0, plan.plainAttr()));
        Value result = plan.value(src.desc());
        plan.execute(relu.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value add(Node.Add add) {
        Value lhs = values.floating(add.lhs());
        Value rhs = plan.reorder(add.name(), values.floating(add.rhs()), lhs.desc());
        PrimitiveDesc desc = plan.own(PrimitiveDesc.binary(
                plan.engine(), Algorithm.BINARY_ADD, lhs.desc(), rhs.desc(), lhs.desc(), plan.plainAttr()));
        Value result = plan.value(lhs.desc());
        Arguments arguments =
                new Arguments().value(Arg.SRC, lhs).value(Arg.SRC_1, rhs).value(Arg.DST, result);
        plan.execute(add.name(), desc, arguments, result);
        return result;
    }

    private Value resultOf(Node node, MemoryDesc desc) {
        int output = graph.outputs().indexOf(node.name());
        return output >= 0 ? dst(output) : plan.value(desc);
    }

    private static Window whole(Shape src) {
        return new Window(src.intDim(2), src.intDim(3), 1, 1, 0, 0, 0, 0, 1);
    }
}
