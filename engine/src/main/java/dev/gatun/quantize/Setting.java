package dev.gatun.quantize;

import java.util.Map;

/**
 * What differs from f32 in a simulated run.
 *
 * @param grids of values, by name
 * @param weights of layers, by name, in place of the f32 ones
 */
record Setting(Map<String, Grid> grids, Map<String, Packed> weights) {
    /** Nothing. */
    static final Setting F32 = new Setting(Map.of(), Map.of());

    /** Copies the maps. */
    Setting {
        grids = Map.copyOf(grids);
        weights = Map.copyOf(weights);
    }
}
