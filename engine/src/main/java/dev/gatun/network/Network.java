package dev.gatun.network;

import dev.gatun.graph.Graph;
import dev.gatun.weights.WeightSource;

/**
 * A network that a file describes operation by operation.
 *
 * @param name what the file calls it
 * @param graph from images to logits, or to whatever the file's network puts out; a softmax at its end is taken off
 * @param weights all {@link Graph#parameters()} under their names; owned
 * @param size side of the images that the file is made for, or 0 if it takes any
 * @param multiple of which height and width must be, since the network's padding would be another else; mostly 1
 * @param softmax whether there was a softmax at its end
 */
public record Network(String name, Graph graph, WeightSource weights, int size, int multiple, boolean softmax)
        implements AutoCloseable {
    /** Releases the file. */
    @Override
    public void close() {
        weights.close();
    }
}
