package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_any;
import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_f16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_f32;
import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_relaxed;
import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_s32;
import static dev.gatun.onednn.gen.Dnnl.dnnl_accumulation_mode_strict;

/** The type of accumulators ({@code dnnl_accumulation_mode_t}). */
public enum AccumulationMode {
    /** f32 for floating-point inputs, s32 for integers; the default. */
    STRICT(dnnl_accumulation_mode_strict()),
    /** As strict, but partial sums may be kept in the output type. */
    RELAXED(dnnl_accumulation_mode_relaxed()),
    /** Any. */
    ANY(dnnl_accumulation_mode_any()),
    /** s32. */
    S32(dnnl_accumulation_mode_s32()),
    /** f32. */
    F32(dnnl_accumulation_mode_f32()),
    /** f16. */
    F16(dnnl_accumulation_mode_f16());

    private final int value;

    AccumulationMode(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }
}
