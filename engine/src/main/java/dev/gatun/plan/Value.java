package dev.gatun.plan;

import dev.gatun.onednn.MemoryDesc;

/**
 * The result of a node while planning.
 *
 * @param desc layout and type, borrowed from the plan
 * @param buffer where it lies
 */
record Value(MemoryDesc desc, Buffer buffer) {}
