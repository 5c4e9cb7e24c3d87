package dev.gatun.plan;

import java.lang.foreign.MemorySegment;

/** Where an argument of a primitive lies. */
sealed interface Operand {
    /**
     * In memory that each session has, or its caller.
     *
     * @param buffer planned
     */
    record InBuffer(Buffer buffer) implements Operand {}

    /**
     * In the plan's packed weights, shared by all sessions.
     *
     * @param data borrowed from the plan
     */
    record Constant(MemorySegment data) implements Operand {}

    /** In the session's scratchpad. */
    record Scratchpad() implements Operand {}
}
