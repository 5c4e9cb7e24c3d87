package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many images of a batch each part of a network works on at once. Early layers have large images and small weights: they go image
 * by image, so that what one layer writes the next one finds in the core's L2 cache. Late layers have small images and large weights:
 * they take the whole batch, so that weights are fetched once.
 */
final class SubBatches {
    private final Map<String, Long> images = new HashMap<>();

    /** Layers between two places where a single value passes. */
    private record Part(List<Node> nodes, long activationBytes, long weightBytes) {}

    /**
     * Divides {@code batch} so that what a layer reads and writes fits into {@code cacheBytes} where its weights do.
     *
     * @param graph fused
     * @param shapes of all values for one image
     * @param valueBytes of one activation or weight
     */
    SubBatches(Graph graph, Map<String, Shape> shapes, long batch, int valueBytes, long cacheBytes) {
        long fits = batch;
        for (Part part : parts(graph, shapes, valueBytes).reversed()) {
            // Each part's images divide those of the next.
            if (part.weightBytes() < cacheBytes) {
                while (fits > 1 && fits * part.activationBytes() > cacheBytes) {
                    fits = largestDivisorBelow(fits);
                }
            }
            for (Node node : part.nodes()) {
                images.put(node.name(), fits);
            }
        }
    }

    private static long largestDivisorBelow(long n) {
        long divisor = n - 1;
        while (n % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    /** Images that the layer works on at once. */
    long images(Node node) {
        Long found = images.get(node.name());
        if (found == null) {
            throw new IllegalStateException("no sub-batch for " + node.name());
        }
        return found;
    }

    private static List<Part> parts(Graph graph, Map<String, Shape> shapes, int valueBytes) {
        Map<String, Integer> unread = new HashMap<>();
        graph.nodes().forEach(node -> node.sources().forEach(source -> unread.merge(source, 1, Integer::sum)));
        List<Part> parts = new ArrayList<>();
        List<Node> open = new ArrayList<>();
        long activations = 0;
        long weights = 0;
        int alive = 0;
        for (Node node : graph.nodes()) {
            long bytes = elements(shapes, node.name());
            for (String source : node.sources()) {
                bytes += elements(shapes, source);
                if (unread.merge(source, -1, Integer::sum) == 0) {
                    alive--;
                }
            }
            open.add(node);
            activations = Math.max(activations, bytes * valueBytes);
            weights += weights(node) * valueBytes;
            if (unread.getOrDefault(node.name(), 0) > 0) {
                alive++;
            }
            if (alive <= 1) {
                parts.add(new Part(List.copyOf(open), activations, weights));
                open.clear();
                activations = 0;
                weights = 0;
            }
        }
        return parts;
    }

    private static long elements(Map<String, Shape> shapes, String name) {
        return shapes.getOrDefault(name, Shape.of()).elements();
    }

    private static long weights(Node node) {
        return switch (node) {
            case Node.Conv conv ->
                (long) conv.oc()
                        * (conv.ic() / conv.groups())
                        * conv.window().kernelH()
                        * conv.window().kernelW();
            case Node.InnerProduct product -> (long) product.oc() * product.ic();
            default -> 0;
        };
    }
}
