package dev.gatun.plan;

import dev.gatun.onednn.MemoryDesc;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Weights in the layout and type that a primitive wants.
 *
 * @param desc layout and type, borrowed from the plan
 * @param data borrowed from the plan
 */
record PackedTensor(MemoryDesc desc, MemorySegment data) {
    /**
     * Which weights, and in which layout: what differs in any of these is not the same memory.
     *
     * @param name of the node and which of its operands
     * @param blob of the memory descriptor, as oneDNN serialises it; read-only
     */
    record Id(String name, ByteBuffer blob) {
        static Id of(String name, byte[] blob) {
            return new Id(name, ByteBuffer.wrap(blob).asReadOnlyBuffer());
        }

        byte[] desc() {
            byte[] bytes = new byte[descBytes()];
            blob.get(blob.position(), bytes);
            return bytes;
        }

        int descBytes() {
            return blob.remaining();
        }
    }
}
