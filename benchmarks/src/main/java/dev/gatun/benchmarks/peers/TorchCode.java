package dev.gatun.benchmarks.peers;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fused graph as the source of a TorchScript class. Its method {@code prepare} converts and packs the weights once; {@code forward}
 * takes f32 images [batch, c, h, w] and gives f32 logits.
 */
final class TorchCode {
    /** c10/core/ScalarType.h. */
    private static final Map<String, Integer> SCALAR_TYPES = Map.of("f32", 6, "bf16", 15, "f16", 5);

    /** c10/core/MemoryFormat.h. */
    private static final int CHANNELS_LAST = 2;

    private static final String NO_SCALARS = "annotate(List[Optional[number]], [])";

    private final Graph graph;
    private final TorchMode mode;
    private final Map<String, Shape> shapes;
    private final int type;
    private final Map<String, String> lastReader = new HashMap<>();
    private final StringBuilder source = new StringBuilder();

    private TorchCode(Graph graph, TorchMode mode, String precision, Map<String, Shape> shapes) {
        this.graph = graph;
        this.mode = mode;
        this.shapes = shapes;
        Integer scalarType = SCALAR_TYPES.get(precision);
        if (scalarType == null) {
            throw new IllegalArgumentException("torch is not run in " + precision);
        }
        this.type = scalarType;
        graph.nodes().forEach(node -> node.sources().forEach(src -> lastReader.put(src, node.name())));
        graph.outputs().forEach(lastReader::remove);
    }

    /** The class, called {@code ResNet}, for images of {@code shape}. */
    static String of(Graph graph, TorchMode mode, String precision, long[] shape) {
        return new TorchCode(graph, mode, precision, graph.shapes(shape[0], shape[2], shape[3])).source();
    }

    /** The attribute or variable that belongs to a node. */
    static String name(String node) {
        return "v_" + node.replace('.', '_');
    }

    static String weight(Node node) {
        return name(node.name()) + "_w";
    }

    static String bias(Node node) {
        return name(node.name()) + "_b";
    }

    private String source() {
        source.append("class ResNet(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
        List<Node> weighted = graph.nodes().stream()
                .filter(node -> node instanceof Node.Conv || node instanceof Node.InnerProduct)
                .toList();
        weighted.forEach(node -> line(2, weight(node) + " : Tensor").line(2, bias(node) + " : Tensor"));
        line(2, "def prepare(self: __torch__.ResNet,").line(4, "x: Tensor) -> Tensor:");
        weighted.forEach(this::prepare);
        line(4, "return x").line(2, "def forward(self: __torch__.ResNet,").line(4, "x: Tensor) -> Tensor:");
        graph.nodes().forEach(node -> line(4, name(node.name()) + " = " + operation(node)));
        line(4, "return torch.to(" + name(graph.outputs().getFirst()) + ", " + SCALAR_TYPES.get("f32") + ")");
        return source.toString();
    }

    private void prepare(Node node) {
        String weight = "self." + weight(node);
        line(4, weight + " = torch.to(" + weight + ", " + type + ")");
        line(4, "self." + bias(node) + " = torch.to(self." + bias(node) + ", " + type + ")");
        if (node instanceof Node.Conv conv) {
            if (mode.channelsLast()) {
                line(4, weight + " = torch.contiguous(" + weight + ", memory_format=" + CHANNELS_LAST + ")");
            }
            if (mode.fused()) {
                line(
                        4,
                        weight + " = ops.mkldnn._reorder_convolution_weight(" + weight + ", " + padding(conv) + ", "
                                + stridesDilationsGroups(conv) + ", "
                                + shapes.getOrDefault(conv.src(), Shape.of()).dims()
                                + ")");
            }
        }
    }

    private String operation(Node node) {
        return switch (node) {
            case Node.Input _ ->
                mode.channelsLast()
                        ? "torch.contiguous(torch.to(x, " + type + "), memory_format=" + CHANNELS_LAST + ")"
                        : "torch.to(x, " + type + ")";
            case Node.Conv conv -> mode.fused() ? fusedConv(conv) : plainConv(conv);
            case Node.BatchNorm norm -> throw untranslated(norm);
            case Node.Relu relu -> "torch.relu(" + name(relu.src()) + ")";
            case Node.Add add -> "torch.add(" + name(add.lhs()) + ", " + name(add.rhs()) + ")";
            case Node.MaxPool pool ->
                "torch.max_pool2d(" + name(pool.src()) + ", " + kernel(pool.window()) + ", "
                        + strides(pool.window()) + ", " + padding(pool, pool.window()) + ", " + dilations(pool.window())
                        + ", False)";
            case Node.AveragePool pool ->
                "torch.avg_pool2d(" + name(pool.src()) + ", " + kernel(pool.window()) + ", "
                        + strides(pool.window()) + ", " + padding(pool, pool.window()) + ", False, "
                        + (pool.countPadding() ? "True" : "False") + ")";
            case Node.GlobalMaxPool pool -> "torch.amax(" + name(pool.src()) + ", [2, 3], True)";
            case Node.GlobalAveragePool pool -> "torch.adaptive_avg_pool2d(" + name(pool.src()) + ", [1, 1])";
            case Node.InnerProduct product ->
                "torch.linear(torch.flatten(" + name(product.src()) + ", 1), self." + weight(product) + ", self."
                        + bias(product) + ")";
            case Node.Sigmoid sigmoid -> "torch.sigmoid(" + name(sigmoid.src()) + ")";
            case Node.Softmax softmax -> "torch.softmax(" + name(softmax.src()) + ", 1)";
            case Node.ZeroPadShortcut pad -> throw untranslated(pad);
        };
    }

    private static IllegalArgumentException untranslated(Node node) {
        return new IllegalArgumentException(node.name() + " cannot be written as TorchScript: " + node);
    }

    private String plainConv(Node.Conv conv) {
        Window window = conv.window();
        String result = "torch.conv2d(" + name(conv.src()) + ", self." + weight(conv) + ", self." + bias(conv) + ", "
                + strides(window) + ", " + padding(conv) + ", " + dilations(window) + ", " + conv.groups() + ")";
        String residual = conv.epilogue().residual();
        if (residual != null) {
            result = "torch.add_(" + result + ", " + name(residual) + ")";
        }
        return conv.epilogue().relu() ? "torch.relu_(" + result + ")" : result;
    }

    /** The operations of torch's native/mkldnn/Conv.cpp; the sum overwrites its operand where nobody reads that later. */
    private String fusedConv(Node.Conv conv) {
        String operands = name(conv.src()) + ", self." + weight(conv) + ", self." + bias(conv) + ", " + padding(conv)
                + ", " + stridesDilationsGroups(conv);
        String relu = conv.epilogue().relu() ? "\"relu\"" : "None";
        String residual = conv.epilogue().residual();
        if (residual == null) {
            String activation = conv.epilogue().relu() ? "\"relu\"" : "\"none\"";
            return "ops.mkldnn._convolution_pointwise(" + operands + ", " + activation + ", " + NO_SCALARS + ", \"\")";
        }
        String sum = ", \"add\", 1.0, " + relu + ", " + NO_SCALARS + ", None)";
        if (conv.name().equals(lastReader.get(residual))) {
            return "ops.mkldnn._convolution_pointwise_(" + name(residual) + ", " + operands + sum;
        }
        return "ops.mkldnn._convolution_pointwise(" + name(conv.src()) + ", " + name(residual)
                + operands.substring(name(conv.src()).length()) + sum;
    }

    private static String stridesDilationsGroups(Node.Conv conv) {
        return strides(conv.window()) + ", " + dilations(conv.window()) + ", " + conv.groups();
    }

    private static String kernel(Window window) {
        return pair(window.kernelH(), window.kernelW());
    }

    private static String strides(Window window) {
        return pair(window.strideH(), window.strideW());
    }

    private static String dilations(Window window) {
        return pair(window.dilation(), window.dilation());
    }

    private static String padding(Node.Conv conv) {
        return padding(conv, conv.window());
    }

    private static String padding(Node node, Window window) {
        if (window.padTop() != window.padBottom() || window.padLeft() != window.padRight()) {
            throw untranslated(node);
        }
        return pair(window.padTop(), window.padLeft());
    }

    private static String pair(int height, int width) {
        return "[" + height + ", " + width + "]";
    }

    private TorchCode line(int indent, String text) {
        source.append(" ".repeat(indent)).append(text).append('\n');
        return this;
    }
}
