package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_scratchpad_mode_library;
import static dev.gatun.onednn.gen.Dnnl.dnnl_scratchpad_mode_user;

/** Who provides a primitive's scratchpad ({@code dnnl_scratchpad_mode_t}). */
public enum ScratchpadMode {
    /** The library; such a primitive is bound to the thread that created it and not thread-safe. */
    LIBRARY(dnnl_scratchpad_mode_library()),
    /** The caller, as {@link Arg#SCRATCHPAD}; the primitive is then thread-safe. */
    USER(dnnl_scratchpad_mode_user());

    private final int value;

    ScratchpadMode(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }
}
