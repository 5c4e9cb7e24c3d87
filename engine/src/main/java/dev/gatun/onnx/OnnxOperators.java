package dev.gatun.onnx;

import dev.gatun.network.NetworkBuilder;
import dev.gatun.network.NetworkBuilder.Steps;
import dev.gatun.network.Pads;
import dev.gatun.network.Parameter;
import dev.gatun.network.Value;
import dev.gatun.network.Value.Layout;
import dev.gatun.spec.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each operation that computes becomes. Attributes and their defaults are those of onnx/docs/Operators.md and Changelog.md. What
 * only moves values is in {@link OnnxShapes}.
 */
final class OnnxOperators {
    /** BatchNormalization's. */
    private static final float DEFAULT_EPSILON = 1e-5f;

    private static final String WEIGHT_SUFFIX = ".weight";

    private final OnnxGraphReader graph;
    private final NetworkBuilder builder;
    private final OnnxShapes shapes;

    OnnxOperators(OnnxGraphReader graph) {
        this.graph = graph;
        this.builder = graph.builder();
        this.shapes = new OnnxShapes(graph);
    }

    OnnxItem apply(OnnxNode node) {
        return switch (node.type()) {
            case "Conv" -> result(conv(node));
            case "BatchNormalization" -> result(batchNorm(node));
            case "Relu" -> result(builder.relu(name(node), src(node)));
            case "Add", "Sum" -> result(add(node));
            case "MaxPool" -> result(maxPool(node));
            case "AveragePool" -> result(averagePool(node));
            case "GlobalAveragePool" -> result(builder.globalAveragePool(name(node), src(node)));
            case "GlobalMaxPool" -> result(builder.globalMaxPool(name(node), src(node)));
            case "ReduceMean", "ReduceMax" -> result(reduce(node));
            case "Gemm" -> result(gemm(node));
            case "MatMul" -> result(matMul(node));
            case "Softmax" -> result(softmax(node));
            case "Sigmoid" -> result(builder.sigmoid(name(node), src(node).require(Layout.ROWS)));
            case "Dropout" -> result(src(node));
            default -> shapes.apply(node);
        };
    }

    private static OnnxItem result(Value value) {
        return new OnnxItem.Result(value);
    }

    /** A node is called as in the file, or as its result where it has no name. */
    static String name(OnnxNode node) {
        return node.name().isEmpty() ? node.output() : node.name();
    }

    /** A node whose weights are called {@code x.weight} is called x, so that its parameters keep the names of the file. */
    private String name(OnnxNode node, OnnxItem.Weights weight) {
        if (weight.name().endsWith(WEIGHT_SUFFIX)) {
            String prefix = weight.name().substring(0, weight.name().length() - WEIGHT_SUFFIX.length());
            if (!prefix.isEmpty() && builder.free(prefix)) {
                return prefix;
            }
        }
        return name(node);
    }

    private Value src(OnnxNode node) {
        return graph.value(node.input(0));
    }

    private Value conv(OnnxNode node) {
        OnnxItem.Weights weight = graph.weights(node.input(1));
        Shape shape = weight.parameter().shape();
        if (shape.rank() != 4) {
            throw new IllegalArgumentException("its weights are " + shape + ", expected 4 extents");
        }
        Steps steps = steps(node, List.of(shape.dim(2), shape.dim(3)));
        long groups = node.integer("group", 1);
        if (groups < 1 || groups > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("it has " + groups + " groups");
        }
        @Nullable
        Parameter bias = node.input(2).isEmpty()
                ? addedBias(node, shape.dim(0))
                : graph.weights(node.input(2)).parameter();
        return builder.conv(name(node, weight), src(node), weight.parameter(), bias, (int) groups, steps, pads(node));
    }

    private Value batchNorm(OnnxNode node) {
        if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) != 1) {
            throw new IllegalArgumentException("it normalises as in training, or each pixel by itself");
        }
        OnnxItem.Weights scale = graph.weights(node.input(1));
        return builder.batchNorm(
                name(node, scale),
                src(node),
                scale.parameter(),
                graph.weights(node.input(2)).parameter(),
                graph.weights(node.input(3)).parameter(),
                graph.weights(node.input(4)).parameter(),
                decimal(node.number("epsilon", DEFAULT_EPSILON)));
    }

    /** The double of the same shortest decimal: files hold 1e-5 as a float, programs that wrote it computed with the double. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private Value add(OnnxNode node) {
        if (node.inputs().size() != 2) {
            throw new IllegalArgumentException("it adds " + node.inputs().size() + " values, expected 2");
        }
        return builder.add(name(node), graph.value(node.input(0)), graph.value(node.input(1)));
    }

    private Value maxPool(OnnxNode node) {
        if (node.integer("storage_order", 0) != 0 || node.outputs().size() > 1) {
            throw new IllegalArgumentException("it asks for indices, expected values only");
        }
        return builder.maxPool(name(node), src(node), steps(node, null), pads(node));
    }

    private Value averagePool(OnnxNode node) {
        boolean countPadding = node.integer("count_include_pad", 0) != 0;
        return builder.averagePool(name(node), src(node), steps(node, null), pads(node), countPadding);
    }

    /** The mean, or greatest value, over height and width. */
    private Value reduce(OnnxNode node) {
        Value src = src(node);
        @Nullable List<Long> axes = shapes.axes(node, 1, 18);
        OnnxShapes.requireSpatial("reduces along", axes, src.layout());
        Value map = node.type().equals("ReduceMean")
                ? builder.globalAveragePool(name(node), src)
                : builder.globalMaxPool(name(node), src);
        return node.integer("keepdims", 1) != 0 ? map : builder.flatten(map);
    }

    private Value gemm(OnnxNode node) {
        if (node.integer("transA", 0) != 0) {
            throw new IllegalArgumentException("it transposes its input, expected transA 0");
        }
        OnnxItem.Weights weight = graph.weights(node.input(1));
        Parameter matrix = requireMatrix(weight.parameter()).times(node.number("alpha", 1));
        Parameter oriented = node.integer("transB", 0) != 0 ? matrix : matrix.transposed();
        @Nullable
        Parameter bias = node.input(2).isEmpty()
                ? null
                : row(graph.weights(node.input(2)).parameter(), oriented.shape().dim(0))
                        .times(node.number("beta", 1));
        return builder.innerProduct(name(node, weight), src(node), oriented, bias);
    }

    private Value matMul(OnnxNode node) {
        OnnxItem.Weights weight = graph.weights(node.input(1));
        Parameter oriented = requireMatrix(weight.parameter()).transposed();
        return builder.innerProduct(
                name(node, weight),
                src(node),
                oriented,
                addedBias(node, oriented.shape().dim(0)));
    }

    private static Parameter requireMatrix(Parameter parameter) {
        if (parameter.shape().rank() != 2) {
            throw new IllegalArgumentException("its weights are " + parameter.shape() + ", expected a matrix");
        }
        return parameter;
    }

    /** A bias for every output channel, of which ONNX broadcasts a single one. */
    private static Parameter row(Parameter bias, long channels) {
        if (bias.shape().elements() != 1 || channels == 1) {
            return bias.flat();
        }
        int count = Math.toIntExact(channels);
        return new Parameter(Shape.of(count), () -> {
            float[] row = new float[count];
            Arrays.fill(row, bias.values().get()[0]);
            return row;
        });
    }

    /** The constant that the only reader of this node's result adds to every channel of it; that reader is then done. */
    private @Nullable Parameter addedBias(OnnxNode node, long channels) {
        List<OnnxNode> readers = graph.readersOf(node.output());
        if (readers.size() != 1 || graph.isOutput(node.output())) {
            return null;
        }
        OnnxNode add = readers.getFirst();
        if (!add.type().equals("Add") || add.inputs().size() != 2) {
            return null;
        }
        String other = add.input(add.input(0).equals(node.output()) ? 1 : 0);
        if (!(graph.find(other) instanceof OnnxItem.Weights bias)) {
            return null;
        }
        List<Long> dims = bias.parameter().shape().dims();
        List<Long> vector = node.type().equals("Conv") ? List.of(1L, channels, 1L, 1L) : List.of(channels);
        boolean fits = dims.equals(vector)
                || (node.type().equals("Conv") && dims.equals(vector.subList(1, 4)))
                || (!node.type().equals("Conv") && dims.equals(List.of(1L, channels)));
        if (!fits) {
            return null;
        }
        graph.absorb(add, node.output());
        return bias.parameter().flat();
    }

    private Value softmax(OnnxNode node) {
        long axis = node.integer("axis", graph.opset() < 13 ? 1 : -1);
        if (axis != 1 && axis != -1) {
            throw new IllegalArgumentException("it goes along axis " + axis + ", expected 1, the classes");
        }
        return builder.softmax(src(node).require(Layout.ROWS));
    }

    private static Steps steps(OnnxNode node, @Nullable List<Long> defaultKernel) {
        List<Long> kernel = pair(node, "kernel_shape", defaultKernel);
        List<Long> strides = pair(node, "strides", List.of(1L, 1L));
        List<Long> dilations = pair(node, "dilations", List.of(1L, 1L));
        if (!dilations.get(0).equals(dilations.get(1))) {
            throw new IllegalArgumentException(
                    "it is dilated by " + dilations + " (vertically, horizontally), expected the same");
        }
        if (node.type().equals("AveragePool") && dilations.get(0) != 1) {
            throw new IllegalArgumentException("it is dilated by " + dilations + ", expected 1");
        }
        return new Steps(
                Math.toIntExact(kernel.get(0)),
                Math.toIntExact(kernel.get(1)),
                Math.toIntExact(strides.get(0)),
                Math.toIntExact(strides.get(1)),
                Math.toIntExact(dilations.get(0)));
    }

    private static List<Long> pair(OnnxNode node, String attribute, @Nullable List<Long> ifAbsent) {
        @Nullable List<Long> found = node.integers(attribute);
        List<Long> pair = found == null ? ifAbsent : found;
        if (pair == null || pair.size() != 2) {
            throw new IllegalArgumentException("its " + attribute + " is " + pair + ", expected 2 numbers");
        }
        return pair;
    }

    private static Pads pads(OnnxNode node) {
        @Nullable List<Long> found = node.integers("pads");
        List<Long> pads = found == null ? List.of(0L, 0L, 0L, 0L) : found;
        if (pads.size() != 4) {
            throw new IllegalArgumentException("its pads are " + pads + ", expected 4 numbers");
        }
        Pads.Explicit explicit = new Pads.Explicit(
                Math.toIntExact(pads.get(0)),
                Math.toIntExact(pads.get(1)),
                Math.toIntExact(pads.get(2)),
                Math.toIntExact(pads.get(3)));
        String auto = node.text("auto_pad", "NOTSET");
        return switch (auto) {
            case "NOTSET", "" -> node.integer("ceil_mode", 0) != 0 ? new Pads.Ceil(explicit) : explicit;
            case "VALID" -> node.integer("ceil_mode", 0) != 0 ? new Pads.Ceil(Pads.NONE) : Pads.NONE;
            case "SAME_UPPER" -> new Pads.Same(true);
            case "SAME_LOWER" -> new Pads.Same(false);
            default -> throw new IllegalArgumentException("its auto_pad is '" + auto + "'");
        };
    }
}
