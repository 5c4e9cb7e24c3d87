package dev.gatun.network;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.Shape;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What two graphs of the same network have in common, however their nodes are named and ordered and whether batch normalisation is folded:
 * the convolutions, poolings and inner products with their numbers, and what reads what. Biases, normalisations and epsilons are left out.
 *
 * @param outputs a digest of what leads to each output
 */
public record Outline(List<String> outputs) {
    /** Copies the list. */
    public Outline {
        outputs = List.copyOf(outputs);
    }

    /**
     * The outline of a graph that is not fused.
     *
     * @param size side of images, by which a pooling of the whole map is known as such
     */
    public static Outline of(Graph graph, int size) {
        Map<String, Shape> shapes = graph.shapes(1, size, size);
        Map<String, String> digests = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<String> sources = node.sources().stream()
                    .map(source -> Objects.requireNonNull(digests.get(source)))
                    .sorted()
                    .toList();
            boolean seen = !(node instanceof Node.BatchNorm);
            digests.put(node.name(), seen ? digest(operation(node, shapes) + sources) : sources.getFirst());
        }
        return new Outline(graph.outputs().stream()
                .map(output -> Objects.requireNonNull(digests.get(output)))
                .toList());
    }

    private static String operation(Node node, Map<String, Shape> shapes) {
        return switch (node) {
            case Node.Input input -> "Input " + input.channels();
            case Node.Conv conv ->
                "Conv " + conv.ic() + " " + conv.oc() + " " + conv.groups() + " " + conv.window() + " "
                        + conv.kernel().getClass().getSimpleName();
            case Node.MaxPool pool -> "MaxPool " + pool.window();
            case Node.AveragePool pool ->
                seesAll(pool.window(), Objects.requireNonNull(shapes.get(pool.src())))
                        ? Node.GlobalAveragePool.class.getSimpleName()
                        : "AveragePool " + pool.window() + " " + pool.countPadding();
            case Node.InnerProduct product -> "InnerProduct " + product.ic() + " " + product.oc();
            case Node.ZeroPadShortcut pad ->
                "ZeroPadShortcut " + pad.ic() + " " + pad.oc() + " " + pad.stride() + " " + pad.front();
            case Node.BatchNorm _,
                    Node.Relu _,
                    Node.Add _,
                    Node.GlobalAveragePool _,
                    Node.GlobalMaxPool _,
                    Node.Softmax _,
                    Node.Sigmoid _ -> node.getClass().getSimpleName();
        };
    }

    private static boolean seesAll(Window window, Shape src) {
        boolean padded = window.padTop() + window.padLeft() + window.padBottom() + window.padRight() > 0;
        return !padded && window.kernelH() == src.dim(2) && window.kernelW() == src.dim(3);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
