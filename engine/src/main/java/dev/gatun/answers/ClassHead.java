package dev.gatun.answers;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;

/**
 * The end of a network that names classes: the mean of the last map over its pixels, and an inner product.
 *
 * @param map name of the node that puts out the last map
 * @param mean name of the node that puts out its mean
 * @param product of the mean, the logits
 */
record ClassHead(String map, String mean, Node.InnerProduct product) {
    /**
     * Finds it in a graph; an activation of the logits stands behind it.
     *
     * @throws IllegalArgumentException if the graph ends otherwise
     */
    static ClassHead of(Graph graph) {
        Node end = graph.node(graph.outputs().getFirst());
        if (end instanceof Node.Softmax || end instanceof Node.Sigmoid) {
            end = graph.node(end.sources().getFirst());
        }
        if (graph.outputs().size() == 1
                && end instanceof Node.InnerProduct product
                && graph.node(product.src()) instanceof Node.GlobalAveragePool mean) {
            return new ClassHead(mean.src(), mean.name(), product);
        }
        throw new IllegalArgumentException(
                "the network ends with " + end.name() + ", expected an inner product of the mean of its last map");
    }
}
