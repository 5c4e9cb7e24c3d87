package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import java.io.IOException;
import java.util.List;

/** A {@linkplain FoldedGraph folded} graph as JSON, so that a file can be computed without knowing which network it is. */
final class GraphJson {
    private static final int WINDOW_NUMBERS = 9;

    private GraphJson() {}

    /** Writes the fields {@code nodes} and {@code outputs}. */
    static void write(Graph graph, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("nodes");
        for (Node node : graph.nodes()) {
            json.writeStartObject();
            json.writeStringField("name", node.name());
            write(node, json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("outputs");
        for (String output : graph.outputs()) {
            json.writeString(output);
        }
        json.writeEndArray();
    }

    private static void write(Node node, JsonGenerator json) throws IOException {
        switch (node) {
            case Node.Input input -> {
                json.writeStringField("op", "input");
                json.writeNumberField("channels", input.channels());
            }
            case Node.Conv conv -> {
                op("conv", conv.src(), json);
                json.writeNumberField("ic", conv.ic());
                json.writeNumberField("oc", conv.oc());
                json.writeNumberField("groups", conv.groups());
                window(conv.window(), json);
                if (conv.kernel() instanceof Kernel.ChannelEmbedding(int front)) {
                    json.writeNumberField("embedding", front);
                }
                if (conv.epilogue().residual() != null) {
                    json.writeStringField("residual", conv.epilogue().residual());
                }
                json.writeBooleanField("relu", conv.epilogue().relu());
            }
            case Node.InnerProduct product -> {
                op("inner_product", product.src(), json);
                json.writeNumberField("ic", product.ic());
                json.writeNumberField("oc", product.oc());
            }
            case Node.Relu relu -> op("relu", relu.src(), json);
            case Node.Add add -> {
                op("add", add.lhs(), json);
                json.writeStringField("residual", add.rhs());
            }
            case Node.MaxPool pool -> {
                op("max_pool", pool.src(), json);
                window(pool.window(), json);
            }
            case Node.AveragePool pool -> {
                op("average_pool", pool.src(), json);
                window(pool.window(), json);
                json.writeBooleanField("count_padding", pool.countPadding());
            }
            case Node.GlobalMaxPool pool -> op("global_max_pool", pool.src(), json);
            case Node.GlobalAveragePool pool -> op("global_average_pool", pool.src(), json);
            case Node.BatchNorm _, Node.ZeroPadShortcut _, Node.Softmax _, Node.Sigmoid _ ->
                throw new IllegalArgumentException("node " + node.name() + " is not of a fused graph of logits");
        }
    }

    private static void op(String op, String src, JsonGenerator json) throws IOException {
        json.writeStringField("op", op);
        json.writeStringField("src", src);
    }

    private static void window(Window window, JsonGenerator json) throws IOException {
        int[] numbers = {
            window.kernelH(),
            window.kernelW(),
            window.strideH(),
            window.strideW(),
            window.padTop(),
            window.padLeft(),
            window.padBottom(),
            window.padRight(),
            window.dilation()
        };
        json.writeFieldName("window");
        json.writeArray(numbers, 0, numbers.length);
    }

    /** Reads what {@link #write} has written. */
    static Graph read(Json json) {
        return new Graph(json.objects("nodes").stream().map(GraphJson::node).toList(), json.strings("outputs"));
    }

    private static Node node(Json json) {
        String name = json.string("name");
        String op = json.string("op");
        return switch (op) {
            case "input" -> new Node.Input(name, json.integer("channels"));
            case "conv" -> conv(name, json);
            case "inner_product" ->
                new Node.InnerProduct(name, json.string("src"), json.integer("ic"), json.integer("oc"));
            case "relu" -> new Node.Relu(name, json.string("src"));
            case "add" -> new Node.Add(name, json.string("src"), json.string("residual"));
            case "max_pool" -> new Node.MaxPool(name, json.string("src"), window(json));
            case "average_pool" ->
                new Node.AveragePool(name, json.string("src"), window(json), json.bool("count_padding"));
            case "global_max_pool" -> new Node.GlobalMaxPool(name, json.string("src"));
            case "global_average_pool" -> new Node.GlobalAveragePool(name, json.string("src"));
            default -> throw new IllegalArgumentException(json.where() + ": node " + name + " is of unknown op " + op);
        };
    }

    private static Node.Conv conv(String name, Json json) {
        boolean embedding = json.has("embedding");
        return new Node.Conv(
                name,
                json.string("src"),
                json.integer("ic"),
                json.integer("oc"),
                json.integer("groups"),
                window(json),
                embedding
                        ? new Kernel.ChannelEmbedding(json.integer("embedding"))
                        : new Kernel.Stored(name + ".weight"),
                embedding ? null : name + ".bias",
                null,
                new Epilogue(json.stringOrNull("residual"), json.bool("relu")));
    }

    private static Window window(Json json) {
        List<Integer> numbers = json.integers("window");
        if (numbers.size() != WINDOW_NUMBERS) {
            throw new IllegalArgumentException(
                    json.where() + ": 'window' has " + numbers.size() + " numbers, expected " + WINDOW_NUMBERS);
        }
        return new Window(
                numbers.get(0),
                numbers.get(1),
                numbers.get(2),
                numbers.get(3),
                numbers.get(4),
                numbers.get(5),
                numbers.get(6),
                numbers.get(7),
                numbers.get(8));
    }
}
