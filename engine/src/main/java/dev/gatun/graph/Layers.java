package dev.gatun.graph;

import dev.gatun.spec.ConvBias;
import java.util.ArrayList;
import java.util.List;

/** The nodes of a graph that is being built, and what all its layers have in common. */
final class Layers {
    private final List<Node> nodes = new ArrayList<>();
    private final ConvBias bias;
    private final double epsilon;

    Layers(ConvBias bias, double epsilon) {
        this.bias = bias;
        this.epsilon = epsilon;
    }

    List<Node> nodes() {
        return nodes;
    }

    String add(Node node) {
        nodes.add(node);
        return node.name();
    }

    /**
     * @param normalized whether batch normalisation follows
     */
    String conv(String name, String src, int ic, int oc, int groups, Window window, boolean normalized) {
        Node.Conv conv = Node.Conv.stored(name, src, ic, oc, groups, window);
        boolean biased = bias == ConvBias.ALL || bias == ConvBias.UNNORMALIZED && !normalized;
        return add(biased ? conv.withBias() : conv);
    }

    String norm(String name, String src, int channels) {
        return add(new Node.BatchNorm(name, src, channels, epsilon));
    }

    String normRelu(String norm, String relu, String src, int channels) {
        return add(new Node.Relu(relu, norm(norm, src, channels)));
    }
}
