package dev.gatun.onnx;

import dev.gatun.network.NetworkBuilder;
import dev.gatun.network.Pads;
import dev.gatun.network.Parameter;
import dev.gatun.network.Value;
import dev.gatun.network.Value.Layout;
import dev.gatun.onnx.OnnxTensor.Integers;
import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operations become that move, pad or rename values but compute none, and the integer arithmetic that feeds them. */
final class OnnxShapes {
    private static final List<Long> TO_NHWC = List.of(0L, 2L, 3L, 1L);
    private static final List<Long> UNMOVED = List.of(0L, 1L, 2L, 3L);

    /** From here on a Slice takes all there is; exporters write the largest int32 or int64. */
    private static final long END = Integer.MAX_VALUE;

    private final OnnxGraphReader graph;
    private final NetworkBuilder builder;

    OnnxShapes(OnnxGraphReader graph) {
        this.graph = graph;
        this.builder = graph.builder();
    }

    OnnxItem apply(OnnxNode node) {
        return switch (node.type()) {
            case "Identity" -> graph.item(node.input(0));
            case "Constant" -> constant(node);
            case "Flatten" -> flatten(node);
            case "Pad" -> result(pad(node));
            case "Cast" -> cast(node);
            case "Shape" -> shape(node);
            case "Concat" ->
                ints(IntegerOps.concat(
                        node.inputs().stream().map(graph::integers).toList(), node.integer("axis", 0)));
            case "Gather" -> ints(IntegerOps.gather(graph.integers(node.input(0)), graph.integers(node.input(1))));
            case "ConstantOfShape" -> constantOfShape(node);
            case "Reshape" -> reshape(node);
            case "Squeeze" -> squeeze(node);
            case "Unsqueeze" -> unsqueeze(node);
            case "Transpose" -> transpose(node);
            case "Slice" -> slice(node);
            default ->
                throw new IllegalArgumentException(
                        "the operation " + node.type() + " is none of those ResNets are made of");
        };
    }

    private static OnnxItem result(Value value) {
        return new OnnxItem.Result(value);
    }

    private static OnnxItem ints(Integers integers) {
        return new OnnxItem.Ints(integers);
    }

    /** Axes, which are an attribute before an opset and an input since; null if they are not given. */
    @Nullable
    List<Long> axes(OnnxNode node, int input, int inputSince) {
        if (graph.opset() < inputSince || node.has("axes")) {
            return node.integers("axes");
        }
        return node.input(input).isEmpty()
                ? null
                : graph.integers(node.input(input)).list();
    }

    /** Checks that axes of an operation on [n, c, h, w], in whatever layout, are height and width. */
    static void requireSpatial(String what, @Nullable List<Long> axes, Layout layout) {
        List<Long> spatial = layout == Layout.NHWC ? List.of(1L, 2L) : List.of(2L, 3L);
        if (axes == null
                || !axes.stream()
                        .map(axis -> axis < 0 ? axis + 4 : axis)
                        .sorted()
                        .toList()
                        .equals(spatial)) {
            throw new IllegalArgumentException("it " + what + " " + axes + ", expected height and width " + spatial);
        }
    }

    private static OnnxItem constant(OnnxNode node) {
        OnnxNode.@Nullable Attribute tensor = node.attributes().get("value");
        if (tensor != null && tensor.tensor() != null) {
            return OnnxGraphReader.item("", tensor.tensor());
        }
        OnnxNode.@Nullable Attribute integers = node.attributes().get("value_ints");
        if (integers != null) {
            return ints(Integers.of(
                    integers.integers().stream().mapToLong(Long::longValue).toArray()));
        }
        if (node.has("value_int")) {
            return ints(new Integers(Shape.of(), node.integer("value_int", 0)));
        }
        OnnxNode.@Nullable Attribute floats = node.attributes().get("value_floats");
        if (floats != null) {
            return floats(Shape.of(floats.numbers().size()), floats.numbers());
        }
        if (node.has("value_float")) {
            return floats(Shape.of(), List.of(node.number("value_float", 0)));
        }
        throw new IllegalArgumentException("its value is " + node.attributes().keySet() + ", expected numbers");
    }

    private static OnnxItem floats(Shape shape, List<Float> numbers) {
        return new OnnxItem.Weights("", new Parameter(shape, () -> {
            float[] values = new float[numbers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = numbers.get(i);
            }
            return values;
        }));
    }

    private OnnxItem cast(OnnxNode node) {
        long to = node.integer("to", 0);
        OnnxItem item = graph.item(node.input(0));
        boolean same = item instanceof OnnxItem.Ints
                ? to == OnnxTensor.INT64 || to == OnnxTensor.INT32
                : to == OnnxTensor.FLOAT;
        if (!same) {
            throw new IllegalArgumentException(
                    "it makes " + OnnxTensor.typeName((int) to) + " of " + item.kind() + ", which is not supported");
        }
        return item;
    }

    private OnnxItem shape(OnnxNode node) {
        if (node.has("start") || node.has("end")) {
            throw new IllegalArgumentException("it asks for a part of a shape, expected all");
        }
        return ints(
                switch (graph.item(node.input(0))) {
                    case OnnxItem.Result(Value value) -> Integers.of(extents(value));
                    case OnnxItem.Weights weights ->
                        Integers.of(weights.parameter().shape().toArray());
                    case OnnxItem.Ints(Integers integers) ->
                        Integers.of(integers.shape().toArray());
                });
    }

    private static long[] extents(Value value) {
        long batch = Integers.OPEN;
        long height = value.seenHeight() == Value.UNKNOWN ? Integers.OPEN : value.seenHeight();
        long width = value.seenWidth() == Value.UNKNOWN ? Integers.OPEN : value.seenWidth();
        return switch (value.layout()) {
            case NCHW -> new long[] {batch, value.channels(), height, width};
            case NHWC -> new long[] {batch, height, width, value.channels()};
            case ROWS, PROBABILITIES -> new long[] {batch, value.channels()};
        };
    }

    private OnnxItem constantOfShape(OnnxNode node) {
        OnnxNode.@Nullable Attribute value = node.attributes().get("value");
        if (value == null || value.tensor() == null || !value.tensor().isInteger()) {
            throw new IllegalArgumentException("it fills with floats, expected integers");
        }
        Shape shape = Shape.of(graph.integers(node.input(0)).values());
        return ints(value.tensor().integers().picked(shape, _ -> 0));
    }

    private OnnxItem flatten(OnnxNode node) {
        if (node.integer("axis", 1) != 1) {
            throw new IllegalArgumentException("it flattens from axis " + node.integer("axis", 1) + ", expected 1");
        }
        return result(builder.flatten(graph.value(node.input(0))));
    }

    private OnnxItem reshape(OnnxNode node) {
        Integers target = graph.integers(node.input(1));
        return switch (graph.item(node.input(0))) {
            case OnnxItem.Ints(Integers integers) -> ints(IntegerOps.reshape(integers, target));
            case OnnxItem.Weights(String name, Parameter parameter) -> {
                Shape shape = Shape.of(target.values());
                if (shape.elements() != parameter.shape().elements()) {
                    throw new IllegalArgumentException(
                            "it makes " + shape + " of weights of shape " + parameter.shape());
                }
                yield new OnnxItem.Weights(name, new Parameter(shape, parameter.values()));
            }
            case OnnxItem.Result(Value value) -> result(reshape(value, target.list()));
        };
    }

    /** Rows of a map of one pixel, and back. */
    private Value reshape(Value value, List<Long> target) {
        long channels = value.channels();
        boolean rows =
                target.size() == 2 && (target.get(1) == channels || (target.get(1) == -1 && target.get(0) != -1));
        if (rows) {
            return builder.flatten(value);
        }
        boolean pixel = target.size() == 4
                && value.layout() == Layout.ROWS
                && target.subList(2, 4).equals(List.of(1L, 1L));
        if (pixel && (target.get(1) == channels || target.get(1) == -1)) {
            return value.in(Layout.NCHW);
        }
        throw new IllegalArgumentException("it makes "
                + target.stream()
                        .map(dim -> dim == Integers.OPEN ? "?" : String.valueOf(dim))
                        .toList()
                + " of " + channels + " channels, expected [n, " + channels + "] or [n, " + channels + ", 1, 1]");
    }

    private OnnxItem squeeze(OnnxNode node) {
        @Nullable List<Long> axes = axes(node, 1, 13);
        return switch (graph.item(node.input(0))) {
            case OnnxItem.Ints(Integers integers) -> ints(IntegerOps.squeezed(integers));
            case OnnxItem.Weights weights ->
                new OnnxItem.Weights(weights.name(), weights.parameter().flat());
            case OnnxItem.Result(Value value) -> {
                requireSpatial("drops the axes", axes, value.layout());
                yield result(builder.flatten(value));
            }
        };
    }

    private OnnxItem unsqueeze(OnnxNode node) {
        @Nullable List<Long> axes = axes(node, 1, 13);
        if (graph.item(node.input(0)) instanceof OnnxItem.Ints(Integers integers)) {
            return ints(IntegerOps.flat(integers));
        }
        Value value = graph.value(node.input(0)).require(Layout.ROWS);
        if (axes == null
                || !axes.stream()
                        .map(axis -> axis < 0 ? axis + 4 : axis)
                        .sorted()
                        .toList()
                        .equals(List.of(2L, 3L))) {
            throw new IllegalArgumentException("it adds the axes " + axes + ", expected 2 and 3");
        }
        return result(value.in(Layout.NCHW));
    }

    private OnnxItem transpose(OnnxNode node) {
        @Nullable List<Long> perm = node.integers("perm");
        return switch (graph.item(node.input(0))) {
            case OnnxItem.Ints(Integers integers) -> ints(IntegerOps.transpose(integers));
            case OnnxItem.Weights(String name, Parameter parameter) -> {
                if (parameter.shape().rank() != 2 || (perm != null && !perm.equals(List.of(1L, 0L)))) {
                    throw new IllegalArgumentException("it moves the axes of weights of shape " + parameter.shape()
                            + " by " + perm + ", expected a matrix");
                }
                yield new OnnxItem.Weights(name, parameter.transposed());
            }
            case OnnxItem.Result(Value value) -> {
                boolean toPlanes = value.layout() == Layout.NHWC && OnnxGraphReader.TO_NCHW.equals(perm);
                boolean toPixels = value.layout() == Layout.NCHW && TO_NHWC.equals(perm);
                if (!toPlanes && !toPixels && !UNMOVED.equals(perm)) {
                    throw new IllegalArgumentException(
                            "it moves axes by " + perm + ", expected channels first to last or last to first");
                }
                yield result(toPlanes ? value.in(Layout.NCHW) : toPixels ? value.in(Layout.NHWC) : value);
            }
        };
    }

    private Value pad(OnnxNode node) {
        String mode = node.text("mode", "constant");
        if (!mode.equals("constant")) {
            throw new IllegalArgumentException("it pads in mode '" + mode + "', expected constant");
        }
        boolean attributes = graph.opset() < 11;
        float filler = attributes ? node.number("value", 0) : filler(node);
        if (filler != 0) {
            throw new IllegalArgumentException("it pads with " + filler + ", expected 0");
        }
        @Nullable
        List<Long> given = attributes
                ? node.integers("pads")
                : graph.integers(node.input(1)).list();
        Value src = graph.value(node.input(0));
        List<Long> pads = allAxes(node, given == null ? List.of() : given);
        boolean channelsLast = src.layout() == Layout.NHWC;
        int c = channelsLast ? 3 : 1;
        int h = channelsLast ? 1 : 2;
        int w = channelsLast ? 2 : 3;
        if (pads.get(0) != 0 || pads.get(4) != 0) {
            throw new IllegalArgumentException("it pads the batch");
        }
        Value padded = channelsLast ? src.in(Layout.NCHW) : src;
        String name = OnnxOperators.name(node);
        if (pads.get(c) != 0 || pads.get(4 + c) != 0) {
            padded = builder.padChannels(name, padded, Math.toIntExact(pads.get(c)), Math.toIntExact(pads.get(4 + c)));
        }
        padded = builder.pad(
                name,
                padded,
                new Pads.Explicit(
                        Math.toIntExact(pads.get(h)),
                        Math.toIntExact(pads.get(w)),
                        Math.toIntExact(pads.get(4 + h)),
                        Math.toIntExact(pads.get(4 + w))));
        return padded.in(src.layout());
    }

    private float filler(OnnxNode node) {
        if (node.input(2).isEmpty()) {
            return 0;
        }
        Parameter filler = graph.weights(node.input(2)).parameter();
        if (filler.shape().elements() != 1) {
            throw new IllegalArgumentException("it pads with " + filler.shape() + " values, expected one");
        }
        return filler.values().get()[0];
    }

    /** Begins of all four axes, then ends; since opset 18 axes may be chosen. */
    private List<Long> allAxes(OnnxNode node, List<Long> pads) {
        List<Long> axes = node.input(3).isEmpty()
                ? List.of(0L, 1L, 2L, 3L)
                : graph.integers(node.input(3)).list();
        if (pads.size() != 2 * axes.size()) {
            throw new IllegalArgumentException("its pads are " + pads + ", expected two for each axis of " + axes);
        }
        List<Long> all = new ArrayList<>(List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
        for (int i = 0; i < axes.size(); i++) {
            int axis = axis(axes.get(i));
            all.set(axis, pads.get(i));
            all.set(4 + axis, pads.get(axes.size() + i));
        }
        return all;
    }

    private static int axis(long axis) {
        long positive = axis < 0 ? axis + 4 : axis;
        if (positive < 0 || positive > 3) {
            throw new IllegalArgumentException("axis " + axis + " of a map of 4");
        }
        return (int) positive;
    }

    private OnnxItem slice(OnnxNode node) {
        boolean attributes = graph.opset() < 10;
        List<Long> starts = attributes
                ? list(node.integers("starts"))
                : graph.integers(node.input(1)).list();
        List<Long> ends = attributes
                ? list(node.integers("ends"))
                : graph.integers(node.input(2)).list();
        @Nullable
        List<Long> axes = attributes
                ? node.integers("axes")
                : node.input(3).isEmpty() ? null : graph.integers(node.input(3)).list();
        @Nullable
        List<Long> steps =
                node.input(4).isEmpty() ? null : graph.integers(node.input(4)).list();
        int count = starts.size();
        if (ends.size() != count
                || (axes != null && axes.size() != count)
                || (steps != null && steps.size() != count)) {
            throw new IllegalArgumentException("it has " + count + " starts, but other numbers of ends, axes or steps");
        }
        OnnxItem item = graph.item(node.input(0));
        for (int i = 0; i < count; i++) {
            long axis = axes == null ? i : axes.get(i);
            long step = steps == null ? 1 : steps.get(i);
            item = switch (item) {
                case OnnxItem.Ints(Integers integers) ->
                    ints(IntegerOps.slice(integers, axis, starts.get(i), ends.get(i), step));
                case OnnxItem.Result(Value value) ->
                    result(slice(node, value, axis(axis), starts.get(i), ends.get(i), step));
                case OnnxItem.Weights _ -> throw new IllegalArgumentException("it slices weights");
            };
        }
        return item;
    }

    private static List<Long> list(@Nullable List<Long> integers) {
        return integers == null ? List.of() : integers;
    }

    /** Every so many-th row or column, from the first to the last. */
    private Value slice(OnnxNode node, Value value, int axis, long start, long end, long step) {
        boolean vertical = axis == (value.layout() == Layout.NHWC ? 1 : 2);
        boolean horizontal = axis == (value.layout() == Layout.NHWC ? 2 : 3);
        long[] extents = extents(value);
        boolean whole =
                axis < extents.length && start == 0 && (end >= END || end == extents[axis]) && step >= 1 && step <= END;
        if (!whole || (step > 1 && !vertical && !horizontal)) {
            throw new IllegalArgumentException("it takes " + start + " to " + end + " in steps of " + step
                    + " along axis " + axis + ", expected all rows and columns in steps");
        }
        if (step == 1) {
            return value;
        }
        Value map = value.in(Layout.NCHW);
        return builder.subsample(OnnxOperators.name(node), map, vertical ? (int) step : 1, horizontal ? (int) step : 1)
                .in(value.layout());
    }
}
