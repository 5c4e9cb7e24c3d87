package dev.gatun.onnx;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A graph's operations as ONNX's. The result of a node keeps the node's name; what a node becomes several operations for has
 * intermediate results named {@code node/step}, and constants as well.
 */
final class OnnxNodes {
    private final List<Protobuf> nodes = new ArrayList<>();
    private final List<Protobuf> constants = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    OnnxNodes(Graph graph) {
        graph.parameters().forEach(parameter -> names.add(parameter.name()));
        graph.nodes().forEach(this::add);
    }

    /** The NodeProtos, in an order in which they can run. */
    List<Protobuf> nodes() {
        return nodes;
    }

    /** The TensorProtos that the operations read besides the parameters. */
    List<Protobuf> constants() {
        return constants;
    }

    private void add(Node node) {
        String name = node.name();
        switch (node) {
            case Node.Input _ -> claim(name);
            case Node.Conv conv -> fused(conv);
            case Node.BatchNorm norm -> batchNorm(norm, norm.src(), name);
            case Node.Relu relu -> operation("Relu", name, List.of(relu.src()));
            case Node.Add add -> operation("Add", name, add.sources());
            case Node.MaxPool pool ->
                operation("MaxPool", name, List.of(pool.src()), attributes -> window(attributes, pool.window()));
            case Node.AveragePool pool ->
                operation(
                        "AveragePool",
                        name,
                        List.of(pool.src()),
                        attributes ->
                                steps(attributes, pool.window()).set("count_include_pad", pool.countPadding() ? 1 : 0));
            case Node.GlobalMaxPool pool -> operation("GlobalMaxPool", name, List.of(pool.src()));
            case Node.GlobalAveragePool pool -> operation("GlobalAveragePool", name, List.of(pool.src()));
            case Node.InnerProduct product -> innerProduct(product);
            case Node.Softmax softmax ->
                operation("Softmax", name, List.of(softmax.src()), attributes -> attributes.set("axis", 1));
            case Node.Sigmoid sigmoid -> operation("Sigmoid", name, List.of(sigmoid.src()));
            case Node.ZeroPadShortcut pad ->
                zeroPad(name, pad.src(), pad.stride(), pad.stride(), pad.front(), pad.oc() - pad.ic() - pad.front());
        }
    }

    /** The convolution and what passes have fused into it, each by itself again; the last of them has the node's name. */
    private void fused(Node.Conv conv) {
        Node.BatchNorm norm = conv.norm();
        String residual = conv.epilogue().residual();
        boolean relu = conv.epilogue().relu();
        String preactivation = relu ? conv.name() + "/preactivation" : conv.name();
        String branch = residual != null ? conv.name() + "/branch" : preactivation;
        if (norm != null
                && conv.kernel() instanceof Kernel.Ones
                && conv.window().equals(Window.same(1, 1))) {
            batchNorm(norm, conv.src(), branch);
        } else if (norm != null) {
            conv(conv, conv.name() + "/conv");
            batchNorm(norm, conv.name() + "/conv", branch);
        } else {
            conv(conv, branch);
        }
        if (residual != null) {
            operation("Add", preactivation, List.of(branch, residual));
        }
        if (relu) {
            operation("Relu", conv.name(), List.of(preactivation));
        }
    }

    private void conv(Node.Conv conv, String output) {
        Window window = conv.window();
        switch (conv.kernel()) {
            case Kernel.Stored(String weight) -> {
                List<String> inputs = new ArrayList<>(List.of(conv.src(), weight));
                if (conv.bias() != null) {
                    inputs.add(conv.bias());
                }
                operation("Conv", output, inputs, attributes -> window(attributes.set("group", conv.groups()), window));
            }
            case Kernel.ChannelEmbedding(int front) -> {
                Window strided = new Window(1, 1, window.strideH(), window.strideW(), 0, 0, 0, 0, window.dilation());
                if (!window.equals(strided) || conv.groups() != 1 || conv.bias() != null) {
                    throw new IllegalArgumentException("a channel embedding must be a 1x1 convolution without padding,"
                            + " groups and bias to be written as ONNX, found " + conv);
                }
                int back = conv.oc() - conv.ic() - front;
                zeroPad(output, conv.src(), window.strideH(), window.strideW(), front, back);
            }
            case Kernel.Ones _ -> {
                Window unit = new Window(
                        1, 1, 1, 1, window.padTop(), window.padLeft(), window.padBottom(), window.padRight(), 1);
                if (!window.equals(unit)
                        || conv.groups() != conv.oc()
                        || conv.ic() != conv.oc()
                        || conv.bias() != null) {
                    throw new IllegalArgumentException(
                            "a convolution with ones must be a depthwise 1x1 without stride and"
                                    + " bias to be written as ONNX, found " + conv);
                }
                String pads = constant(
                        output + "/pads",
                        0,
                        0,
                        window.padTop(),
                        window.padLeft(),
                        0,
                        0,
                        window.padBottom(),
                        window.padRight());
                operation("Pad", output, List.of(conv.src(), pads));
            }
        }
    }

    private void batchNorm(Node.BatchNorm norm, String src, String output) {
        String prefix = norm.name();
        operation(
                "BatchNormalization",
                output,
                List.of(src, prefix + ".weight", prefix + ".bias", prefix + ".running_mean", prefix + ".running_var"),
                attributes -> attributes.set("epsilon", (float) norm.epsilon()));
    }

    private void innerProduct(Node.InnerProduct product) {
        String name = product.name();
        String rows = operation(
                "Flatten", name + "/flatten", List.of(product.src()), attributes -> attributes.set("axis", 1));
        operation(
                "Gemm",
                name,
                List.of(rows, name + ".weight", name + ".bias"),
                attributes -> attributes.set("transB", 1));
    }

    /** Slices and pads, which is what option A says, and not the convolution that the engine makes of it. */
    private void zeroPad(String output, String src, int strideH, int strideW, int front, int back) {
        String starts = constant(output + "/starts", 0, 0);
        String ends = constant(output + "/ends", Long.MAX_VALUE, Long.MAX_VALUE);
        String axes = constant(output + "/axes", 2, 3);
        String steps = constant(output + "/steps", strideH, strideW);
        String sliced = operation("Slice", output + "/slice", List.of(src, starts, ends, axes, steps));
        String pads = constant(output + "/pads", 0, front, 0, 0, 0, back, 0, 0);
        operation("Pad", output, List.of(sliced, pads));
    }

    private static void window(Onnx.Attributes attributes, Window window) {
        steps(attributes, window).set("dilations", new long[] {window.dilation(), window.dilation()});
    }

    private static Onnx.Attributes steps(Onnx.Attributes attributes, Window window) {
        return attributes
                .set("kernel_shape", new long[] {window.kernelH(), window.kernelW()})
                .set("strides", new long[] {window.strideH(), window.strideW()})
                .set("pads", new long[] {window.padTop(), window.padLeft(), window.padBottom(), window.padRight()});
    }

    private String operation(String type, String output, List<String> inputs, Consumer<Onnx.Attributes> attributes) {
        nodes.add(Onnx.node(type, claim(output), inputs, attributes));
        return output;
    }

    private String operation(String type, String output, List<String> inputs) {
        return operation(type, output, inputs, _ -> {});
    }

    private String constant(String name, long... values) {
        constants.add(Onnx.int64s(claim(name), values));
        return name;
    }

    /** ONNX has one name space for results, parameters and constants. */
    private String claim(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("two values of the ONNX model would be named " + name);
        }
        return name;
    }
}
