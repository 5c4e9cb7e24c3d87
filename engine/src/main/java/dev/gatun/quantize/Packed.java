package dev.gatun.quantize;

import java.lang.foreign.MemorySegment;

/**
 * Weights of a layer as its primitive reads them, f32.
 *
 * @param weights in the primitive's layout
 * @param bias [oc]
 */
record Packed(MemorySegment weights, MemorySegment bias) {}
