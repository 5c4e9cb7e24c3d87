package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_fpmath_mode_any;
import static dev.gatun.onednn.gen.Dnnl.dnnl_fpmath_mode_bf16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_fpmath_mode_f16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_fpmath_mode_strict;
import static dev.gatun.onednn.gen.Dnnl.dnnl_fpmath_mode_tf32;

/** Which down-conversions of f32 a primitive may make inside ({@code dnnl_fpmath_mode_t}). */
public enum FpmathMode {
    /** None. */
    STRICT(dnnl_fpmath_mode_strict()),
    /** To bf16 or a wider type. */
    BF16(dnnl_fpmath_mode_bf16()),
    /** To f16 or a wider type. */
    F16(dnnl_fpmath_mode_f16()),
    /** To tf32. */
    TF32(dnnl_fpmath_mode_tf32()),
    /** To any type. */
    ANY(dnnl_fpmath_mode_any());

    private final int value;

    FpmathMode(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }
}
