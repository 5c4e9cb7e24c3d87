package dev.gatun.plan;

import java.lang.foreign.MemorySegment;

/** Where an argument of a primitive lies. */
sealed interface Operand {
    /**
     * In memory that each session has, or its caller.
     *
     * @param buffer planned
     * @param offset in it, in bytes
     */
    record InBuffer(Buffer buffer, long offset) implements Operand {
        /** From the start of its home. */
        long position() {
            return buffer.offset() + offset;
        }

        /** The same for the image numbered {@code image} of a run, where all of the buffer are laid out alike. */
        InBuffer at(long image) {
            return new InBuffer(buffer, buffer.offsetOf(image, buffer.bytesOf(1)));
        }
    }

    /**
     * In the plan's packed weights, shared by all sessions.
     *
     * @param data borrowed from the plan
     */
    record Constant(MemorySegment data) implements Operand {}

    /** In the session's scratchpad. */
    record Scratchpad() implements Operand {}
}
