package dev.gatun.onnx;

import dev.gatun.network.Parameter;
import dev.gatun.network.Value;

/** What a name in an ONNX graph stands for. */
sealed interface OnnxItem {
    /** How messages call such a thing. */
    String kind();

    /**
     * The result of an operation on the images.
     *
     * @param value of it
     */
    record Result(Value value) implements OnnxItem {
        @Override
        public String kind() {
            return "a result";
        }
    }

    /**
     * Constant floats.
     *
     * @param name of the initializer that they come from, empty if there is none
     * @param parameter their shape and values
     */
    record Weights(String name, Parameter parameter) implements OnnxItem {
        @Override
        public String kind() {
            return "constant floats";
        }
    }

    /**
     * Constant integers.
     *
     * @param integers of it
     */
    record Ints(OnnxTensor.Integers integers) implements OnnxItem {
        @Override
        public String kind() {
            return "constant integers";
        }
    }
}
