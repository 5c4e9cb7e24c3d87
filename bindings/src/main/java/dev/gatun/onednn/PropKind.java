package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_forward_inference;
import static dev.gatun.onednn.gen.Dnnl.dnnl_forward_training;

/** Propagation kind ({@code dnnl_prop_kind_t}); Gatun only goes forward. */
public enum PropKind {
    /** Forward, keeping nothing for a backward pass. */
    FORWARD_INFERENCE(dnnl_forward_inference()),
    /** Forward, keeping what a backward pass needs (max pooling then writes a workspace). */
    FORWARD_TRAINING(dnnl_forward_training());

    private final int value;

    PropKind(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }
}
