package dev.gatun.plan;

import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.Primitive;
import java.util.List;

/** One thing a session does in a run. */
sealed interface Step {
    /** The node it computes, or what it prepares for which node. */
    String name();

    /** The implementation, as oneDNN names it. */
    String implementation();

    /**
     * A primitive.
     *
     * @param name of the node
     * @param implementation from the primitive's descriptor
     * @param primitive owned by the plan
     * @param arguments in any order
     */
    record Execute(String name, String implementation, Primitive primitive, List<Argument> arguments) implements Step {}

    /**
     * An argument of a primitive.
     *
     * @param arg oneDNN's index of it
     * @param desc borrowed from the plan
     * @param operand where it lies
     */
    record Argument(int arg, MemoryDesc desc, Operand operand) {}

    /**
     * Pixels to normalised values.
     *
     * @param name of the node
     * @param normalizer does it
     * @param dst what it writes
     */
    record Normalize(String name, PixelNormalizer normalizer, Buffer dst) implements Step {
        @Override
        public String implementation() {
            return "table";
        }
    }

    /**
     * Rounds f32 values to those that an emulated precision has.
     *
     * @param name of the node
     * @param rounding which precision
     * @param buffer what is rounded in place
     * @param count values
     */
    record Round(String name, Rounding rounding, Buffer buffer, long count) implements Step {
        @Override
        public String implementation() {
            return "emulated:" + rounding;
        }
    }
}
