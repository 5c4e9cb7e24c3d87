package dev.gatun.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A NodeProto.
 *
 * @param position in the graph, from 0
 * @param type of the operation; with its domain before it unless that is ONNX's own
 * @param name of it, may be empty
 * @param inputs names of what it reads; an empty one stands for an optional input that is not given
 * @param outputs names of what it makes
 * @param attributes by name
 */
record OnnxNode(
        int position,
        String type,
        String name,
        List<String> inputs,
        List<String> outputs,
        Map<String, Attribute> attributes) {
    /**
     * An AttributeProto; of the values, that of its type is set.
     *
     * @param integer an int, or 0
     * @param number a float, or 0
     * @param text a string, or empty
     * @param integers ints, may be empty
     * @param numbers floats, may be empty
     * @param tensor a tensor, or null
     */
    record Attribute(
            long integer,
            float number,
            String text,
            List<Long> integers,
            List<Float> numbers,
            @Nullable OnnxTensor tensor) {}

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    long integer(String attribute, long ifAbsent) {
        @Nullable Attribute found = attributes.get(attribute);
        return found == null ? ifAbsent : found.integer();
    }

    float number(String attribute, float ifAbsent) {
        @Nullable Attribute found = attributes.get(attribute);
        return found == null ? ifAbsent : found.number();
    }

    String text(String attribute, String ifAbsent) {
        @Nullable Attribute found = attributes.get(attribute);
        return found == null ? ifAbsent : found.text();
    }

    /** The integers of an attribute; null if it is absent. */
    @Nullable
    List<Long> integers(String attribute) {
        @Nullable Attribute found = attributes.get(attribute);
        return found == null ? null : found.integers();
    }

    /** The name of an input; empty if it is not given. */
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    /** The name of the first output. */
    String output() {
        return outputs.getFirst();
    }

    /** How messages call it: operation, name and position. */
    @Override
    public String toString() {
        String called = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.getFirst();
        return "node " + position + ", " + type + " '" + called + "'";
    }
}
