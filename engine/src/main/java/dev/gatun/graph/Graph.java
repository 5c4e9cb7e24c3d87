package dev.gatun.graph;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A network as operations in an order in which they can run. Immutable; independent of batch and image size.
 *
 * @param nodes each after those it reads; the first is the input
 * @param outputs names of the nodes whose results leave the network
 */
public record Graph(List<Node> nodes, List<String> outputs) {
    /**
     * Checks that there is one input and any output, that names are unique and that every name that is read stands before its
     * reader.
     *
     * @throws IllegalArgumentException naming the first node that breaks this
     */
    public Graph {
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
        Map<String, Node> seen = new LinkedHashMap<>();
        for (Node node : nodes) {
            for (String source : node.sources()) {
                if (!seen.containsKey(source)) {
                    throw new IllegalArgumentException(
                            "node " + node.name() + " reads " + source + ", which does not stand before it");
                }
            }
            if (node instanceof Node.Input && !seen.isEmpty()) {
                throw new IllegalArgumentException("a second input: " + node.name());
            }
            if (seen.put(node.name(), node) != null) {
                throw new IllegalArgumentException("two nodes are named " + node.name());
            }
        }
        if (nodes.isEmpty() || !(nodes.getFirst() instanceof Node.Input)) {
            throw new IllegalArgumentException("the first node must be the input");
        }
        if (outputs.isEmpty() || new HashSet<>(outputs).size() != outputs.size()) {
            throw new IllegalArgumentException("expected one output or more, each once, found " + outputs);
        }
        for (String output : outputs) {
            if (!seen.containsKey(output)) {
                throw new IllegalArgumentException("output " + output + " is no node");
            }
        }
    }

    /** The images. */
    public Node.Input input() {
        return (Node.Input) nodes.getFirst();
    }

    /** The node of this name. */
    public Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node is named " + name));
    }

    /** For each node the number of times its result is read, leaving the network included. */
    public Map<String, Integer> uses() {
        Map<String, Integer> uses = new LinkedHashMap<>();
        nodes.forEach(node -> uses.put(node.name(), 0));
        nodes.forEach(node -> node.sources().forEach(source -> uses.merge(source, 1, Integer::sum)));
        outputs.forEach(output -> uses.merge(output, 1, Integer::sum));
        return uses;
    }

    /**
     * The part of this graph that leads to these nodes, whose results leave it.
     *
     * @throws IllegalArgumentException if there is none, one is given twice or is no node
     */
    public Graph withOutputs(List<String> wanted) {
        Set<String> needed = new HashSet<>(wanted);
        for (Node node : nodes.reversed()) {
            if (needed.contains(node.name())) {
                needed.addAll(node.sources());
            }
        }
        needed.add(input().name());
        return new Graph(
                nodes.stream().filter(node -> needed.contains(node.name())).toList(), wanted);
    }

    /** Whether passes have fused anything in it. */
    public boolean fused() {
        return nodes.stream()
                .anyMatch(node -> node instanceof Node.Conv conv
                        && (conv.norm() != null || !conv.epilogue().equals(Epilogue.NONE)));
    }

    /** This graph with softmax over its only output, unless that is a softmax or sigmoid already. */
    public Graph withSoftmax() {
        if (outputs.size() != 1) {
            throw new IllegalArgumentException("softmax needs one output, found " + outputs);
        }
        if (node(outputs.getFirst()) instanceof Node.Softmax || node(outputs.getFirst()) instanceof Node.Sigmoid) {
            return this;
        }
        List<Node> extended = new ArrayList<>(nodes);
        extended.add(new Node.Softmax("softmax", outputs.getFirst()));
        return new Graph(extended, List.of("softmax"));
    }

    /** The parameters that the network reads from a weights file, in the order of its operations. */
    public List<TensorSpec> parameters() {
        List<TensorSpec> parameters = new ArrayList<>();
        nodes.forEach(node -> Parameters.of(node, parameters::add));
        return parameters;
    }

    /**
     * The shape of every result for images of this number and size.
     *
     * @throws IllegalArgumentException if the batch is empty, or naming the node that cannot read what its sources put out or whose
     *     own output would be empty
     */
    public SequencedMap<String, Shape> shapes(long batch, long height, long width) {
        if (batch < 1) {
            throw new IllegalArgumentException("the batch must be positive, found " + batch);
        }
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        for (Node node : nodes) {
            List<Shape> sources = new ArrayList<>();
            node.sources().forEach(source -> sources.add(shapes.getOrDefault(source, Shape.of())));
            Shape shape = node instanceof Node.Input input
                    ? Shape.of(batch, input.channels(), height, width)
                    : Shapes.of(node, sources);
            if (shape.elements() == 0) {
                throw new IllegalArgumentException("images of " + height + "x" + width + " are too small: "
                        + node.name() + " would put out " + shape);
            }
            shapes.put(node.name(), shape);
        }
        return Collections.unmodifiableSequencedMap(shapes);
    }

    /** The shapes of {@link #outputs()}, in their order; fails as {@link #shapes} does. */
    public List<Shape> outputShapes(long batch, long height, long width) {
        SequencedMap<String, Shape> shapes = shapes(batch, height, width);
        return outputs.stream().map(shapes::get).map(Objects::requireNonNull).toList();
    }

    /** A line for each node with all that it has, and one with the outputs: equal for equal graphs, and no others. */
    @Override
    public String toString() {
        return GraphText.of(this);
    }
}
