package dev.gatun.network;

import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.network.Value.Layout;
import dev.gatun.network.Value.Pending;
import dev.gatun.spec.Shape;
import dev.gatun.weights.WeightSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a graph of the operations that files of other frameworks hold: keeps sizes and layouts, resolves padding that depends on sizes,
 * and merges padding and subsampling that stand by themselves into what follows.
 *
 * <p>Every method that adds an operation throws {@link IllegalArgumentException} if it cannot be a node of a graph; the message says why
 * but not where, which the importer adds. Of one thread.
 */
public final class NetworkBuilder {
    /** Where no weights bound them; four times those of the widest ResNet. */
    static final int MAX_CHANNELS = 1 << 13;

    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Windows windows = new Windows();

    /** A builder of one network. */
    public NetworkBuilder() {}

    /** A name for a node, {@code wanted} if it is free. */
    public String unique(String wanted) {
        String name = wanted;
        for (int n = 1; names.contains(name); n++) {
            name = wanted + "/" + n;
        }
        names.add(name);
        return name;
    }

    /** Whether no node has this name yet. */
    public boolean free(String name) {
        return !names.contains(name);
    }

    /** The images; each extent may be {@link Value#UNKNOWN}. */
    public Value input(String name, int channels, long height, long width, Layout layout) {
        if (!nodes.isEmpty()) {
            throw new IllegalArgumentException("a second input, expected one");
        }
        windows.input(height, width);
        nodes.add(new Node.Input(unique(name), channels));
        return new Value(name, channels, height, width, layout, false, Pending.NONE);
    }

    /** Steps and taps of a window, without its padding. */
    public record Steps(int kernelH, int kernelW, int strideH, int strideW, int dilation) {}

    /**
     * A convolution.
     *
     * @param weight [oc, ic / groups, kh, kw]
     * @param bias [oc], or null
     */
    public Value conv(
            String wanted, Value src, Parameter weight, @Nullable Parameter bias, int groups, Steps steps, Pads pads) {
        Value map = withoutSubsampling(wanted, src.require(Layout.NCHW));
        Shape shape = weight.shape();
        if (shape.rank() != 4 || shape.dim(2) != steps.kernelH() || shape.dim(3) != steps.kernelW()) {
            throw new IllegalArgumentException("its weights are " + shape + ", expected [oc, ic / groups, "
                    + steps.kernelH() + ", " + steps.kernelW() + "]");
        }
        if (shape.dim(1) * groups != map.channels()) {
            throw new IllegalArgumentException("its weights " + shape + " in " + groups + " groups read "
                    + shape.dim(1) * groups + " channels, but it is given " + map.channels());
        }
        int oc = shape.intDim(0);
        requireVector("bias", bias, oc);
        Window window = windows.window(map, steps, pads);
        String name = unique(wanted);
        add(new Node.Conv(
                name,
                map.node(),
                map.channels(),
                oc,
                groups,
                window,
                new Kernel.Stored(parameter(name + ".weight", weight)),
                bias == null ? null : parameter(name + ".bias", bias),
                null,
                Epilogue.NONE));
        return windows.result(name, map, oc, window, false);
    }

    /** A batch normalisation of a map, with vectors of its channels. */
    public Value batchNorm(
            String wanted,
            Value src,
            Parameter weight,
            Parameter bias,
            Parameter mean,
            Parameter variance,
            double epsilon) {
        Value map = plain(wanted, src.require(Layout.NCHW));
        if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("its epsilon is " + epsilon + ", expected 0 or more");
        }
        requireVector("scale", weight, map.channels());
        requireVector("shift", bias, map.channels());
        requireVector("mean", mean, map.channels());
        requireVector("variance", variance, map.channels());
        String name = unique(wanted);
        parameter(name + ".weight", weight);
        parameter(name + ".bias", bias);
        parameter(name + ".running_mean", mean);
        parameter(name + ".running_var", variance);
        add(new Node.BatchNorm(name, map.node(), map.channels(), epsilon));
        return like(name, map, false);
    }

    /** max(x, 0) of a map. */
    public Value relu(String wanted, Value src) {
        if (src.layout() == Layout.ROWS || src.layout() == Layout.PROBABILITIES) {
            src.require(Layout.NCHW);
        }
        Value map = plain(wanted, src);
        String name = unique(wanted);
        add(new Node.Relu(name, map.node()));
        return like(name, map, true);
    }

    /** The sum of two maps. */
    public Value add(String wanted, Value lhs, Value rhs) {
        Value one = plain(wanted, lhs);
        Value other = plain(wanted, rhs.require(lhs.layout()));
        if (one.channels() != other.channels() || one.height() != other.height() || one.width() != other.width()) {
            throw new IllegalArgumentException("it adds maps of " + extents(one) + " and " + extents(other));
        }
        if (one.layout() == Layout.ROWS) {
            one.require(Layout.NCHW);
        }
        String name = unique(wanted);
        add(new Node.Add(name, one.node(), other.node()));
        return like(name, one, one.nonNegative() && other.nonNegative());
    }

    /** Max pooling, whose own padding never wins. */
    public Value maxPool(String wanted, Value src, Steps steps, Pads pads) {
        Value map = withoutSubsampling(wanted, src.require(Layout.NCHW));
        // Zeros that a file pads with before a pooling may win, unless nothing is below them anyway.
        if (map.pending().widens() && !(map.nonNegative() && windows.everyWindowSeesTheMap(map, steps))) {
            map = plain(wanted, map);
        }
        Window window = windows.window(map, steps, pads);
        String name = unique(wanted);
        add(new Node.MaxPool(name, map.node(), window));
        return windows.result(name, map, map.channels(), window, map.nonNegative());
    }

    /** Average pooling. */
    public Value averagePool(String wanted, Value src, Steps steps, Pads pads, boolean countPadding) {
        Value map = withoutSubsampling(wanted, src.require(Layout.NCHW));
        boolean merge = map.pending().widens() && pads.equals(Pads.NONE);
        if (map.pending().widens() && !merge) {
            map = plain(wanted, map);
        }
        Window window = windows.window(map, steps, pads);
        if (countPadding && pads instanceof Pads.Ceil(Pads.Explicit least)) {
            if (window.padBottom() != least.bottom() || window.padRight() != least.right()) {
                throw new IllegalArgumentException(
                        "it counts padding but not the pixels that ceil_mode adds, which is not supported");
            }
        }
        String name = unique(wanted);
        add(new Node.AveragePool(name, map.node(), window, countPadding || merge));
        return windows.result(name, map, map.channels(), window, map.nonNegative());
    }

    /** The mean over all pixels; a map of one pixel. */
    public Value globalAveragePool(String wanted, Value src) {
        Value map = plain(wanted, src);
        String name = unique(wanted);
        add(new Node.GlobalAveragePool(name, map.node()));
        return new Value(name, map.channels(), 1, 1, map.layout(), map.nonNegative(), Pending.NONE);
    }

    /** The greatest value of all pixels; a map of one pixel. */
    public Value globalMaxPool(String wanted, Value src) {
        Value map = plain(wanted, src);
        String name = unique(wanted);
        add(new Node.GlobalMaxPool(name, map.node()));
        return new Value(name, map.channels(), 1, 1, map.layout(), map.nonNegative(), Pending.NONE);
    }

    /** Rows of the channels of a map of one pixel. */
    public Value flatten(Value src) {
        if (src.layout() == Layout.ROWS) {
            return src;
        }
        if (src.layout() == Layout.PROBABILITIES || !src.mayBeOnePixel()) {
            throw new IllegalArgumentException("it flattens a map of " + extents(src) + ", expected one pixel: ResNets"
                    + " pool all of the map first");
        }
        return src.in(Layout.ROWS);
    }

    /**
     * A matrix product of rows.
     *
     * @param weight [oc, ic]
     * @param bias [oc], or null
     */
    public Value innerProduct(String wanted, Value src, Parameter weight, @Nullable Parameter bias) {
        src.require(Layout.ROWS);
        Shape shape = weight.shape();
        if (shape.rank() != 2 || shape.dim(1) != src.channels()) {
            throw new IllegalArgumentException(
                    "its weights are " + shape + ", expected [oc, " + src.channels() + "] for its input");
        }
        int oc = shape.intDim(0);
        requireVector("bias", bias, oc);
        String name = unique(wanted);
        parameter(name + ".weight", weight);
        parameter(name + ".bias", bias == null ? Parameter.filled(oc, 0) : bias);
        add(new Node.InnerProduct(name, src.node(), src.channels(), oc));
        return new Value(name, oc, 1, 1, Layout.ROWS, false, Pending.NONE);
    }

    /** Softmax over the classes, which can only be the end. */
    public Value softmax(Value src) {
        return flatten(src).in(Layout.PROBABILITIES);
    }

    /** Sigmoid of each class. */
    public Value sigmoid(String wanted, Value src) {
        Value rows = flatten(src);
        String name = unique(wanted);
        add(new Node.Sigmoid(name, rows.node()));
        return new Value(name, rows.channels(), 1, 1, Layout.ROWS, true, Pending.NONE);
    }

    /** Zeros around a map. */
    public Value pad(String wanted, Value src, Pads.Explicit pads) {
        src.require(Layout.NCHW);
        Pending pending = src.pending();
        return src.with(
                new Pending(pending.strideH(), pending.strideW(), pending.pads().plus(pads)));
    }

    /** Every so many-th pixel of a map, from the first. */
    public Value subsample(String wanted, Value src, int strideH, int strideW) {
        src.require(Layout.NCHW);
        Value map = src.pending().widens() ? plain(wanted, src) : src;
        Pending pending = map.pending();
        return map.with(new Pending(
                Math.multiplyExact(pending.strideH(), strideH),
                Math.multiplyExact(pending.strideW(), strideW),
                Pads.NONE));
    }

    /** Channels of zeros before and after those of a map: the shortcut of option A. */
    public Value padChannels(String wanted, Value src, int front, int back) {
        src.require(Layout.NCHW);
        if (front < 0 || back < 0) {
            throw new IllegalArgumentException("it cuts channels off, expected channels of zeros");
        }
        Pending pending = src.pending();
        boolean merge = !pending.widens() && pending.strideH() == pending.strideW();
        Value map = merge ? src : plain(wanted, src);
        int stride = map.pending().strideH();
        int oc = Math.addExact(map.channels(), Math.addExact(front, back));
        if (oc > MAX_CHANNELS) {
            throw new IllegalArgumentException("it makes " + oc + " channels, expected at most " + MAX_CHANNELS);
        }
        String name = unique(wanted);
        add(new Node.ZeroPadShortcut(name, map.node(), map.channels(), oc, stride, front));
        return windows.result(name, map.with(Pending.NONE), oc, Window.square(1, stride, 0), map.nonNegative());
    }

    /** The network that puts out {@code outputs}; {@code file} is what the parameters are read from, owned by the result. */
    public Network build(String name, List<Value> outputs, WeightSource file) {
        List<Value> made =
                outputs.stream().map(output -> plain("output", output)).toList();
        Graph graph = new Graph(
                reached(made.stream().map(Value::node).toList()),
                made.stream().map(Value::node).distinct().toList());
        Map<String, Parameter> read = new LinkedHashMap<>();
        graph.parameters().forEach(spec -> read.put(spec.name(), parameters.getOrDefault(spec.name(), NOTHING)));
        boolean softmax = outputs.stream().anyMatch(value -> value.layout() == Layout.PROBABILITIES);
        return new Network(name, graph, new ParameterWeights(file, read), windows.size(), windows.multiple(), softmax);
    }

    private static final Parameter NOTHING = new Parameter(Shape.of(0), () -> new float[0]);

    /** The nodes that lead to {@code outputs}. */
    private List<Node> reached(List<String> outputs) {
        Set<String> wanted = new HashSet<>(outputs);
        List<Node> reached = new ArrayList<>();
        for (Node node : nodes.reversed()) {
            if (wanted.contains(node.name()) || node instanceof Node.Input) {
                wanted.addAll(node.sources());
                reached.addFirst(node);
            }
        }
        return reached;
    }

    /** The value with all that is pending done by nodes. */
    private Value plain(String wanted, Value src) {
        Value map = withoutSubsampling(wanted, src);
        if (!map.pending().widens()) {
            return map;
        }
        // A depthwise 1x1 convolution with ones copies, and pads with zeros.
        Window window = windows.window(map, new Steps(1, 1, 1, 1, 1), Pads.NONE);
        String name = unique(wanted + "/pad");
        int channels = map.channels();
        add(new Node.Conv(
                name, map.node(), channels, channels, channels, window, new Kernel.Ones(), null, null, Epilogue.NONE));
        return windows.result(name, map, channels, window, map.nonNegative());
    }

    private Value withoutSubsampling(String wanted, Value src) {
        Pending pending = src.pending();
        if (!pending.subsamples()) {
            return src;
        }
        // A max pooling that sees one pixel copies it.
        Window window = new Window(1, 1, pending.strideH(), pending.strideW(), 0, 0, 0, 0, 1);
        String name = unique(wanted + "/slice");
        add(new Node.MaxPool(name, src.node(), window));
        return windows.result(name, src.with(Pending.NONE), src.channels(), window, src.nonNegative())
                .with(new Pending(1, 1, pending.pads()));
    }

    private static Value like(String name, Value src, boolean nonNegative) {
        return new Value(name, src.channels(), src.height(), src.width(), src.layout(), nonNegative, Pending.NONE);
    }

    private void add(Node node) {
        nodes.add(node);
    }

    private String parameter(String name, Parameter parameter) {
        parameters.put(name, parameter);
        return name;
    }

    private static void requireVector(String what, @Nullable Parameter parameter, int channels) {
        if (parameter != null && !parameter.shape().equals(Shape.of(channels))) {
            throw new IllegalArgumentException(
                    "its " + what + " is " + parameter.shape() + ", expected [" + channels + "]");
        }
    }

    private static String extents(Value value) {
        return value.channels() + "x" + extent(value.height()) + "x" + extent(value.width());
    }

    private static String extent(long extent) {
        return extent == Value.UNKNOWN ? "?" : String.valueOf(extent);
    }
}
