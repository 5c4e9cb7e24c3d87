package dev.gatun.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A graph as text, the same for equal graphs and no others: what caches know it by. The compiler sees to it that no component of a node is
 * left out. Records can write themselves, but the JVM takes 50 ms to find out how, before the first result.
 */
final class GraphText {
    private GraphText() {}

    static String of(Graph graph) {
        List<String> lines = new ArrayList<>();
        for (Node node : graph.nodes()) {
            lines.add(of(node));
        }
        lines.add("outputs " + graph.outputs());
        return String.join("\n", lines);
    }

    private static String of(Node node) {
        return switch (node) {
            case Node.Input(var name, var channels) -> words("input", name, channels);
            case Node.Conv(
                    var name,
                    var src,
                    var ic,
                    var oc,
                    var groups,
                    var window,
                    var kernel,
                    var bias,
                    var norm,
                    var epilogue) ->
                words(
                        "conv",
                        name,
                        src,
                        ic,
                        oc,
                        groups,
                        of(window),
                        of(kernel),
                        bias,
                        norm == null ? "plain" : of(norm),
                        of(epilogue));
            case Node.BatchNorm(var name, var src, var channels, var epsilon) ->
                words("norm", name, src, channels, epsilon);
            case Node.Relu(var name, var src) -> words("relu", name, src);
            case Node.Add(var name, var lhs, var rhs) -> words("add", name, lhs, rhs);
            case Node.MaxPool(var name, var src, var window) -> words("max", name, src, of(window));
            case Node.AveragePool(var name, var src, var window, var countPadding) ->
                words("average", name, src, of(window), countPadding);
            case Node.GlobalMaxPool(var name, var src) -> words("global max", name, src);
            case Node.GlobalAveragePool(var name, var src) -> words("global average", name, src);
            case Node.InnerProduct(var name, var src, var ic, var oc) -> words("inner product", name, src, ic, oc);
            case Node.Softmax(var name, var src) -> words("softmax", name, src);
            case Node.Sigmoid(var name, var src) -> words("sigmoid", name, src);
            case Node.ZeroPadShortcut(var name, var src, var ic, var oc, var stride, var front) ->
                words("zero pad", name, src, ic, oc, stride, front);
        };
    }

    private static String of(Window window) {
        return window.kernelH() + "x" + window.kernelW() + "/" + window.strideH() + "x" + window.strideW() + "+"
                + window.padTop() + "," + window.padLeft() + "," + window.padBottom() + "," + window.padRight() + ":"
                + window.dilation();
    }

    private static String of(Kernel kernel) {
        return switch (kernel) {
            case Kernel.Stored(var tensor) -> words("stored", tensor);
            case Kernel.ChannelEmbedding(var front) -> words("embedding", front);
            case Kernel.Ones() -> "ones";
        };
    }

    private static String of(Epilogue epilogue) {
        return words(epilogue.residual(), epilogue.relu());
    }

    private static String words(@Nullable Object... words) {
        StringBuilder text = new StringBuilder();
        for (Object word : words) {
            text.append(word).append('\t');
        }
        return text.toString();
    }
}
