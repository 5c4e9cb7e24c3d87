package dev.gatun.weights;

import dev.gatun.spec.Shape;

/**
 * A stored tensor.
 *
 * @param name the key in the file
 * @param type of its elements as stored
 * @param shape outermost extent first; a scalar has none
 */
public record TensorInfo(String name, ElementType type, Shape shape) {
    @Override
    public String toString() {
        return name + " " + type + shape;
    }
}
