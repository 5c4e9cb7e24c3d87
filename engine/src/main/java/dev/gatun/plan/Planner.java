package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.onednn.Algorithm;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.PostOps;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.PropKind;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.plan.PlanBuilder.Arguments;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Turns a fused graph into steps: chooses layouts, packs weights, gives every value a buffer. One use, one thread. */
final class Planner {
    private static final PropKind INFERENCE = PropKind.FORWARD_INFERENCE;

    private final Graph graph;
    private final Function<String, float[]> parameters;
    private final PlanRequest request;
    private final DataType type;
    private final PlanBuilder plan;
    private final Map<String, Shape> shapes;
    private final Map<String, Integer> unread;
    private final Map<String, Value> values = new HashMap<>();
    private final List<Value> dsts;

    /**
     * @param type of activations and weights
     */
    Planner(Graph graph, Function<String, float[]> parameters, PlanRequest request, DataType type, PlanBuilder plan) {
        this.graph = graph;
        this.parameters = parameters;
        this.request = request;
        this.type = type;
        this.plan = plan;
        this.shapes = shapes(graph, request);
        this.unread = graph.uses();
        this.dsts = graph.outputs().stream()
                .map(output -> plainDesc(DataType.F32, shape(output)))
                .map(desc -> new Value(desc, new Buffer(Home.DST, desc.size())))
                .toList();
        long bytes = 0;
        for (Value dst : dsts) {
            dst.buffer().place(bytes);
            bytes = ArenaPlanner.align(bytes + dst.buffer().bytes());
        }
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

    /** The results in the order of the graph's outputs, f32, in the plain layout of their extents, one after the other. */
    List<Value> dsts() {
        return dsts;
    }

    /** Shape of the value of this name. */
    Shape shape(String name) {
        return shapes.getOrDefault(name, Shape.of());
    }

    /** Plans every node in order. */
    void run() {
        for (Node node : graph.nodes()) {
            if (!(node instanceof Node.Input)) {
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
            Value result = value(name);
            if (result.buffer().home() != Home.DST) {
                plan.copy(name, result, dsts.get(output));
            }
            unread.merge(name, -1, Integer::sum);
        }
    }

    private Value plan(Node node) {
        return switch (node) {
            case Node.Conv conv -> conv(conv);
            case Node.MaxPool pool -> pool(pool, Algorithm.POOLING_MAX, pool.src(), pool.window());
            case Node.AveragePool pool ->
                pool(
                        pool,
                        pool.countPadding()
                                ? Algorithm.POOLING_AVG_INCLUDE_PADDING
                                : Algorithm.POOLING_AVG_EXCLUDE_PADDING,
                        pool.src(),
                        pool.window());
            case Node.GlobalMaxPool pool -> pool(pool, Algorithm.POOLING_MAX, pool.src(), whole(shape(pool.src())));
            case Node.GlobalAveragePool pool ->
                pool(pool, Algorithm.POOLING_AVG_EXCLUDE_PADDING, pool.src(), whole(shape(pool.src())));
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
        ConvDescs descs = new ConvDescs(conv);
        PrimitiveDesc desc = descs.choose();
        Value src = source(conv.src(), desc.src());
        if (!src.desc().sameAs(desc.src())) {
            PrimitiveDesc direct = descs.create(src.desc(), desc.dst());
            if (direct.implInfo().equals(desc.implInfo())) {
                desc = direct;
            } else {
                src = plan.copy(conv.name(), src, desc.src());
            }
        }
        Value result = landing(conv, desc.dst());
        FoldedWeights folded = FoldedWeights.of(conv, parameters);
        Arguments arguments = new Arguments()
                .value(Arg.SRC, src)
                .constant(Arg.WEIGHTS, plan.packer().weights(folded.weights(), descs.weightTag, desc.weights()))
                .constant(Arg.BIAS, plan.packer().bias(folded.bias(), descs.bias))
                .value(Arg.DST, result);
        plan.execute(conv.name(), desc, arguments, result);
        return result;
    }

    /** Where the convolution's result lies: if it adds a residual, where that lies already. */
    private Value landing(Node.Conv conv, MemoryDesc dst) {
        String residual = conv.epilogue().residual();
        if (residual == null) {
            return plan.value(dst);
        }
        Value added = value(residual);
        boolean lastReader =
                unread.getOrDefault(residual, 0) == 1 && added.buffer().home() == Home.ARENA;
        return lastReader && added.desc().sameAs(dst) ? added : plan.copy(conv.name(), added, dst);
    }

    /** The descriptors of a convolution that do not depend on its neighbours' layouts. */
    private final class ConvDescs {
        private final Node.Conv conv;
        private final FormatTag weightTag;
        private final MemoryDesc weights;
        private final MemoryDesc bias;
        private final MemoryDesc anyDst;
        private final Attr attr;

        ConvDescs(Node.Conv conv) {
            this.conv = conv;
            int kh = conv.window().kernelH();
            int kw = conv.window().kernelW();
            int groups = conv.groups();
            this.weightTag = groups == 1 ? FormatTag.OIHW : FormatTag.GOIHW;
            Shape weightShape = groups == 1
                    ? Shape.of(conv.oc(), conv.ic(), kh, kw)
                    : Shape.of(groups, conv.oc() / groups, conv.ic() / groups, kh, kw);
            this.weights = any(weightShape);
            this.bias = plan.desc(DataType.F32, FormatTag.X, Shape.of(conv.oc()));
            this.anyDst = any(shape(conv.name()));
            PostOps.Builder postOps = PostOps.builder();
            if (conv.epilogue().residual() != null) {
                postOps.sum(1);
            }
            if (conv.epilogue().relu()) {
                postOps.relu();
            }
            this.attr = plan.attr(postOps);
        }

        /** oneDNN's choice of layouts, but for the result the residual's where that costs no slower kernel. */
        PrimitiveDesc choose() {
            MemoryDesc anySrc = any(shape(conv.src()));
            PrimitiveDesc free = create(anySrc, anyDst);
            String residual = conv.epilogue().residual();
            if (residual == null || value(residual).desc().sameAs(free.dst())) {
                return free;
            }
            PrimitiveDesc inPlace = create(anySrc, value(residual).desc());
            return inPlace.implInfo().equals(free.implInfo()) ? inPlace : free;
        }

        PrimitiveDesc create(MemoryDesc src, MemoryDesc dst) {
            Window w = conv.window();
            long[] dilates = {w.dilation() - 1L, w.dilation() - 1L};
            return plan.own(PrimitiveDesc.convolutionForward(
                    plan.engine(),
                    INFERENCE,
                    Algorithm.CONVOLUTION_DIRECT,
                    src,
                    weights,
                    bias,
                    dst,
                    strides(w),
                    dilates,
                    padLeft(w),
                    padRight(w),
                    attr));
        }
    }

    private Value pool(Node node, Algorithm algorithm, String source, Window window) {
        Value src = source(source, plainDesc(type, shape(source)));
        PrimitiveDesc desc = plan.own(PrimitiveDesc.poolingForward(
                plan.engine(),
                INFERENCE,
                algorithm,
                src.desc(),
                any(shape(node.name())),
                strides(window),
                new long[] {window.kernelH(), window.kernelW()},
                new long[2],
                padLeft(window),
                padRight(window),
                plan.plainAttr()));
        Value result = plan.value(desc.dst());
        plan.execute(node.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), result);
        return result;
    }

    private Value innerProduct(Node.InnerProduct product) {
        Shape srcShape = shape(product.src());
        MemoryDesc weights = any(Shape.of(product.oc(), srcShape.dim(1), srcShape.dim(2), srcShape.dim(3)));
        MemoryDesc bias = plan.desc(DataType.F32, FormatTag.X, Shape.of(product.oc()));
        PrimitiveDesc desc = plan.own(PrimitiveDesc.innerProductForward(
                plan.engine(),
                INFERENCE,
                any(srcShape),
                weights,
                bias,
                plainDesc(DataType.F32, shape(product.name())),
                plan.plainAttr()));
        Value src = plan.reorder(product.name(), value(product.src()), desc.src());
        Value result = resultOf(product, desc.dst());
        float[] matrix = parameters.apply(product.name() + ".weight");
        float[] shift = parameters.apply(product.name() + ".bias");
        Arguments arguments = new Arguments()
                .value(Arg.SRC, src)
                .constant(Arg.WEIGHTS, plan.packer().weights(matrix, FormatTag.OIHW, desc.weights()))
                .constant(Arg.BIAS, plan.packer().bias(shift, bias))
                .value(Arg.DST, result);
        plan.execute(product.name(), desc, arguments, null);
        return result;
    }

    private Value softmax(Node.Softmax softmax) {
        Value src = value(softmax.src());
        PrimitiveDesc desc = plan.own(PrimitiveDesc.softmaxForward(
                plan.engine(),
                INFERENCE,
                Algorithm.SOFTMAX_ACCURATE,
                src.desc(),
                plainDesc(DataType.F32, shape(softmax.name())),
                1,
                plan.plainAttr()));
        Value result = resultOf(softmax, desc.dst());
        plan.execute(softmax.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value sigmoid(Node.Sigmoid sigmoid) {
        Value src = value(sigmoid.src());
        MemoryDesc dst = plainDesc(DataType.F32, shape(sigmoid.name()));
        PrimitiveDesc desc = plan.own(PrimitiveDesc.eltwiseForward(
                plan.engine(), INFERENCE, Algorithm.ELTWISE_LOGISTIC, src.desc(), dst, 0, 0, plan.plainAttr()));
        Value result = resultOf(sigmoid, desc.dst());
        plan.execute(sigmoid.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value relu(Node.Relu relu) {
        Value src = source(relu.src(), plainDesc(type, shape(relu.src())));
        PrimitiveDesc desc = plan.own(PrimitiveDesc.eltwiseForward(
                plan.engine(), INFERENCE, Algorithm.ELTWISE_RELU, src.desc(), src.desc(), 0, 0, plan.plainAttr()));
        Value result = plan.value(src.desc());
        plan.execute(relu.name(), desc, new Arguments().value(Arg.SRC, src).value(Arg.DST, result), null);
        return result;
    }

    private Value add(Node.Add add) {
        Value lhs = value(add.lhs());
        Value rhs = plan.reorder(add.name(), value(add.rhs()), lhs.desc());
        PrimitiveDesc desc = plan.own(PrimitiveDesc.binary(
                plan.engine(), Algorithm.BINARY_ADD, lhs.desc(), rhs.desc(), lhs.desc(), plan.plainAttr()));
        Value result = plan.value(lhs.desc());
        Arguments arguments =
                new Arguments().value(Arg.SRC, lhs).value(Arg.SRC_1, rhs).value(Arg.DST, result);
        plan.execute(add.name(), desc, arguments, result);
        return result;
    }

    /** The value of {@code name}; if that is the images, in the layout {@code wanted} as far as that is plain. */
    private Value source(String name, MemoryDesc wanted) {
        boolean unread = graph.input().name().equals(name) && !values.containsKey(name);
        return unread ? images(name, wanted) : value(name);
    }

    private Value images(String name, MemoryDesc wanted) {
        Value images = request.input().pixels() ? normalized(name, wanted) : floats(name, wanted);
        values.put(name, images);
        return images;
    }

    private Value floats(String name, MemoryDesc wanted) {
        MemoryDesc desc = plan.desc(DataType.F32, tag(request.input().planar()), shape(name));
        Value caller = new Value(desc, new Buffer(Home.SRC, desc.size()));
        boolean emulated = computedAs() != request.precision();
        if (desc.sameAs(wanted) && !emulated) {
            return caller;
        }
        Value copy = plan.copy(name, caller, wanted);
        plan.round(name, copy);
        return copy;
    }

    private Value normalized(String name, MemoryDesc wanted) {
        float[][] tables = Objects.requireNonNull(request.normalization()).tables();
        if (tables.length != graph.input().channels()) {
            throw new IllegalArgumentException("pixels have " + tables.length + " channels, but " + name + " takes "
                    + graph.input().channels() + ": give it normalised values");
        }
        boolean channelsLast = wanted.matches(FormatTag.NHWC) || !wanted.matches(FormatTag.NCHW);
        MemoryDesc desc = plan.desc(type, tag(!channelsLast), shape(name));
        Value value = plan.value(desc);
        PixelNormalizer normalizer = new PixelNormalizer(
                tables,
                request.batch(),
                request.height() * request.width(),
                !request.input().planar(),
                channelsLast,
                computedAs());
        plan.normalize(name, normalizer, value);
        return value;
    }

    private Value resultOf(Node node, MemoryDesc desc) {
        int output = graph.outputs().indexOf(node.name());
        return output >= 0 ? dsts.get(output) : plan.value(desc);
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null && graph.input().name().equals(name)) {
            value = images(name, plainDesc(type, shape(name)));
        }
        if (value == null) {
            throw new IllegalStateException("no value of " + name + " has been planned");
        }
        return value;
    }

    private Precision computedAs() {
        return type == DataType.F32 ? Precision.F32 : request.precision();
    }

    private MemoryDesc any(Shape shape) {
        return plan.desc(type, FormatTag.ANY, shape);
    }

    private MemoryDesc plainDesc(DataType type, Shape shape) {
        return plan.desc(type, shape.rank() == 2 ? FormatTag.NC : FormatTag.NCHW, shape);
    }

    private static FormatTag tag(boolean planar) {
        return planar ? FormatTag.NCHW : FormatTag.NHWC;
    }

    private static Window whole(Shape src) {
        return new Window(src.intDim(2), src.intDim(3), 1, 1, 0, 0, 0, 0, 1);
    }

    private static long[] strides(Window window) {
        return new long[] {window.strideH(), window.strideW()};
    }

    private static long[] padLeft(Window window) {
        return new long[] {window.padTop(), window.padLeft()};
    }

    private static long[] padRight(Window window) {
        return new long[] {window.padBottom(), window.padRight()};
    }
}
