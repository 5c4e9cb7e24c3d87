package dev.gatun.network;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.json.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * A graph as JSON, so that a weights file can hold the network that its tensors belong to: {@code {"version": 1, "nodes": [...],
 * "outputs": [...]}}, each node an object of its operation, name, sources and what else its record has. What is fused into a convolution is
 * {@code "norm"}, a node of its own, a second source, which is the residual, and {@code "relu"}.
 */
public final class GraphJson {
    private static final int VERSION = 1;
    private static final int MAX_NODES = 1 << 16;

    private GraphJson() {}

    /** The graph as JSON. */
    public static String write(Graph graph) {
        return Json.write(json -> write(graph, json));
    }

    /** Writes the members of the object that a graph is. */
    public static void write(Graph graph, JsonGenerator json) throws IOException {
        json.writeNumberField("version", VERSION);
        json.writeArrayFieldStart("nodes");
        for (Node node : graph.nodes()) {
            object(json, node);
        }
        json.writeEndArray();
        Json.writeTexts(json, "outputs", graph.outputs());
    }

    private static void object(JsonGenerator json, Node node) throws IOException {
        json.writeStartObject();
        json.writeStringField("op", node.getClass().getSimpleName());
        json.writeStringField("name", node.name());
        Json.writeTexts(json, "src", node.sources());
        write(json, node);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Node node) throws IOException {
        switch (node) {
            case Node.Input input -> json.writeNumberField("channels", input.channels());
            case Node.Conv conv -> {
                json.writeNumberField("ic", conv.ic());
                json.writeNumberField("oc", conv.oc());
                json.writeNumberField("groups", conv.groups());
                window(json, conv.window());
                switch (conv.kernel()) {
                    case Kernel.Stored(String tensor) -> json.writeStringField("weight", tensor);
                    case Kernel.ChannelEmbedding(int front) -> json.writeNumberField("front", front);
                    case Kernel.Ones _ -> json.writeBooleanField("ones", true);
                }
                if (conv.bias() != null) {
                    json.writeStringField("bias", conv.bias());
                }
                if (conv.norm() != null) {
                    json.writeFieldName("norm");
                    object(json, conv.norm());
                }
                if (conv.epilogue().relu()) {
                    json.writeBooleanField("relu", true);
                }
            }
            case Node.BatchNorm norm -> {
                json.writeNumberField("channels", norm.channels());
                json.writeNumberField("epsilon", norm.epsilon());
            }
            case Node.MaxPool pool -> window(json, pool.window());
            case Node.AveragePool pool -> {
                window(json, pool.window());
                json.writeBooleanField("countPadding", pool.countPadding());
            }
            case Node.InnerProduct product -> {
                json.writeNumberField("ic", product.ic());
                json.writeNumberField("oc", product.oc());
            }
            case Node.ZeroPadShortcut pad -> {
                json.writeNumberField("ic", pad.ic());
                json.writeNumberField("oc", pad.oc());
                json.writeNumberField("stride", pad.stride());
                json.writeNumberField("front", pad.front());
            }
            case Node.Relu _,
                    Node.Add _,
                    Node.GlobalAveragePool _,
                    Node.GlobalMaxPool _,
                    Node.Softmax _,
                    Node.Sigmoid _ -> {}
        }
    }

    private static void window(JsonGenerator json, Window w) throws IOException {
        json.writeFieldName("window");
        int[] numbers = {
            w.kernelH(),
            w.kernelW(),
            w.strideH(),
            w.strideW(),
            w.padTop(),
            w.padLeft(),
            w.padBottom(),
            w.padRight(),
            w.dilation()
        };
        json.writeArray(numbers, 0, numbers.length);
    }

    /**
     * The graph that {@link #write(Graph)} wrote.
     *
     * @throws IllegalArgumentException if the text is anything else; says where
     */
    public static Graph read(String text) {
        return read(Json.parse(text));
    }

    /** As {@link #read(String)}, from an object within a text. */
    public static Graph read(Json json) {
        if (json.get("version").integer() != VERSION) {
            throw new IllegalArgumentException(
                    "a graph of version " + json.get("version").integer() + ", expected " + VERSION);
        }
        List<Json> nodes = json.get("nodes").elements();
        if (nodes.size() > MAX_NODES) {
            throw new IllegalArgumentException("a graph of " + nodes.size() + " nodes, expected at most " + MAX_NODES);
        }
        return new Graph(
                nodes.stream().map(GraphJson::node).toList(),
                json.get("outputs").texts());
    }

    private static Node node(Json json) {
        String op = json.get("op").text();
        String name = json.get("name").text();
        List<String> sources = json.get("src").texts();
        int least = op.equals("Input") ? 0 : op.equals("Add") ? 2 : 1;
        int most = op.equals("Conv") ? 2 : least;
        if (sources.size() < least || sources.size() > most) {
            throw new IllegalArgumentException(op + " " + name + " reads " + sources.size() + " results, expected "
                    + least + (most > least ? " or " + most : ""));
        }
        String src = least == 0 ? "" : sources.getFirst();
        return switch (op) {
            case "Input" -> new Node.Input(name, json.get("channels").integer());
            case "Conv" -> conv(json, name, sources);
            case "BatchNorm" ->
                new Node.BatchNorm(
                        name,
                        src,
                        json.get("channels").integer(),
                        json.get("epsilon").number());
            case "Relu" -> new Node.Relu(name, src);
            case "Add" -> new Node.Add(name, src, sources.getLast());
            case "MaxPool" -> new Node.MaxPool(name, src, window(json));
            case "AveragePool" ->
                new Node.AveragePool(
                        name, src, window(json), json.get("countPadding").flag(false));
            case "GlobalAveragePool" -> new Node.GlobalAveragePool(name, src);
            case "GlobalMaxPool" -> new Node.GlobalMaxPool(name, src);
            case "InnerProduct" ->
                new Node.InnerProduct(
                        name, src, json.get("ic").integer(), json.get("oc").integer());
            case "Softmax" -> new Node.Softmax(name, src);
            case "Sigmoid" -> new Node.Sigmoid(name, src);
            case "ZeroPadShortcut" ->
                new Node.ZeroPadShortcut(
                        name,
                        src,
                        unweighted(json.get("ic")),
                        unweighted(json.get("oc")),
                        json.get("stride").integer(),
                        json.get("front").integer());
            default -> throw new IllegalArgumentException("unknown operation " + op + " of node " + name);
        };
    }

    private static Node conv(Json json, String name, List<String> sources) {
        Kernel kernel = json.get("ones").flag(false)
                ? new Kernel.Ones()
                : json.get("weight").isNull()
                        ? new Kernel.ChannelEmbedding(json.get("front").integer())
                        : new Kernel.Stored(json.get("weight").text());
        boolean stored = kernel instanceof Kernel.Stored;
        return new Node.Conv(
                name,
                sources.getFirst(),
                stored ? json.get("ic").integer() : unweighted(json.get("ic")),
                stored ? json.get("oc").integer() : unweighted(json.get("oc")),
                json.get("groups").integer(),
                window(json),
                kernel,
                json.get("bias").isNull() ? null : json.get("bias").text(),
                json.get("norm").isNull() ? null : norm(json.get("norm")),
                new Epilogue(
                        sources.size() == 2 ? sources.getLast() : null,
                        json.get("relu").flag(false)));
    }

    private static Node.BatchNorm norm(Json json) {
        if (node(json) instanceof Node.BatchNorm norm) {
            return norm;
        }
        throw new IllegalArgumentException(json.path() + " is no BatchNorm");
    }

    /** Channels that no tensor of the file bounds. */
    private static int unweighted(Json channels) {
        if (channels.integer() > NetworkBuilder.MAX_CHANNELS) {
            throw new IllegalArgumentException(
                    channels.integer() + " channels, expected at most " + NetworkBuilder.MAX_CHANNELS);
        }
        return channels.integer();
    }

    private static Window window(Json json) {
        List<Json> numbers = json.get("window").elements();
        if (numbers.size() != 9) {
            throw new IllegalArgumentException("a window of " + numbers.size() + " numbers, expected 9");
        }
        int[] w = numbers.stream().mapToInt(Json::integer).toArray();
        if (Arrays.stream(w).max().orElse(0) > Windows.MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "a window of " + Arrays.toString(w) + ", expected at most " + Windows.MAX_PIXELS);
        }
        return new Window(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]);
    }
}
