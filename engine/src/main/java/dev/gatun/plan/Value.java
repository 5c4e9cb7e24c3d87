package dev.gatun.plan;

import dev.gatun.onednn.DataType;
import dev.gatun.onednn.MemoryDesc;

/**
 * The result of a node while planning, in one of the types it is needed in.
 *
 * @param desc layout and type, borrowed from the plan
 * @param buffer where it lies
 * @param scale real = scale * stored; 1 but for 8-bit values
 */
record Value(MemoryDesc desc, Buffer buffer, float scale) {
    /** A value that is stored as it is. */
    Value(MemoryDesc desc, Buffer buffer) {
        this(desc, buffer, 1);
    }

    boolean eightBit() {
        return desc.dataType() == DataType.U8 || desc.dataType() == DataType.S8;
    }
}
