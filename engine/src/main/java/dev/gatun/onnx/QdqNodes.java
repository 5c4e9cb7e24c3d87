package dev.gatun.onnx;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A graph's operations with QuantizeLinear and DequantizeLinear behind each result that is on a grid: the operation puts out {@code name/real},
 * rounded to u8 as {@code name/u8}, and {@code name} is real again. Runtimes take an operation between such pairs as one in int8.
 */
final class QdqNodes extends OnnxNodes {
    /**
     * Values that u8 can have.
     *
     * @param scale of one step
     * @param zero the u8 that means 0
     */
    record Grid(float scale, int zero) {}

    private final Map<String, Grid> grids;
    private final Map<String, String> images = new HashMap<>();

    /**
     * Operations of a graph.
     *
     * @param grids of results by name; that of a convolution's sum is {@code node/branch}, that of an inner product's rows {@code node/flatten}
     */
    QdqNodes(Graph graph, Map<String, Grid> grids) {
        super(graph);
        this.grids = Map.copyOf(grids);
    }

    /** Makes every reader of the images read them rounded. */
    void roundImages(Node.Input input, Grid grid) {
        String rounded = input.name() + "/rounded";
        round(rounded, input.name(), grid);
        images.put(input.name(), rounded);
    }

    /** Makes a parameter of constants by {@code DequantizeLinear}, with a scale for each of their outermost extent. */
    void dequantize(String output, String constant, String scale) {
        nodes().add(Onnx.node(
                "DequantizeLinear", output, List.of(constant, scale), attributes -> attributes.set("axis", 0)));
    }

    @Override
    String operation(String type, String output, List<String> inputs, Consumer<Onnx.Attributes> attributes) {
        List<String> read =
                inputs.stream().map(input -> images.getOrDefault(input, input)).toList();
        Grid grid = grids.get(output);
        if (grid == null) {
            return super.operation(type, output, read, attributes);
        }
        round(output, super.operation(type, output + "/real", read, attributes), grid);
        return output;
    }

    private void round(String output, String real, Grid grid) {
        String scale = claim(output + "/scale");
        String zero = claim(output + "/zero");
        constants().add(Onnx.float32(scale, grid.scale()));
        constants().add(Onnx.uint8(zero, grid.zero()));
        String u8 = super.operation("QuantizeLinear", output + "/u8", List.of(real, scale, zero), _ -> {});
        super.operation("DequantizeLinear", output, List.of(u8, scale, zero), _ -> {});
    }
}
