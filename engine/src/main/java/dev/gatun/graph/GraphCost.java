package dev.gatun.graph;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.util.Map;

/**
 * What a network costs, counted as the papers do.
 *
 * @param parameters trainable values: weights, biases, and scale and shift of batch normalisations, not their statistics
 * @param multiplyAccumulates of convolutions and inner products, for one image
 */
public record GraphCost(long parameters, long multiplyAccumulates) {
    /**
     * The cost of {@code graph} for one image of this size.
     *
     * @throws IllegalArgumentException if the graph cannot take it, or a long cannot count it
     */
    public static GraphCost of(Graph graph, long height, long width) {
        long parameters = graph.parameters().stream()
                .filter(tensor ->
                        tensor.role() != TensorSpec.Role.BN_MEAN && tensor.role() != TensorSpec.Role.BN_VARIANCE)
                .mapToLong(tensor -> tensor.shape().elements())
                .sum();
        try {
            Map<String, Shape> shapes = graph.shapes(1, height, width);
            long macs = graph.nodes().stream()
                    .mapToLong(node -> multiplyAccumulates(node, shapes))
                    .reduce(0, Math::addExact);
            return new GraphCost(parameters, macs);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "images of " + height + "x" + width
                            + " are too large, expected less than 2^63 multiply-accumulates",
                    e);
        }
    }

    private static long multiplyAccumulates(Node node, Map<String, Shape> shapes) {
        long outputs = shapes.getOrDefault(node.name(), Shape.of()).elements();
        return switch (node) {
            case Node.Conv conv ->
                Math.multiplyExact(
                        outputs,
                        (long) (conv.ic() / conv.groups())
                                * conv.window().kernelH()
                                * conv.window().kernelW());
            case Node.InnerProduct product -> Math.multiplyExact(outputs, product.ic());
            default -> 0;
        };
    }
}
