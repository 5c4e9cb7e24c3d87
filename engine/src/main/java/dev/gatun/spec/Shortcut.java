package dev.gatun.spec;

/** How a block's input reaches its output; He et al. 2016, section 3.3 and table 3. */
public enum Shortcut {
    /** No shortcut: a plain network. */
    NONE,
    /** Option A: identity, with subsampling and zero channels where the dimensions change. No parameters. */
    ZERO_PAD,
    /** Option B: identity, with a 1x1 projection where the dimensions change. */
    PROJECTION,
    /**
     * Option B with identity and subsampling, which is max pooling of 1x1, where the resolution changes alone; Keras Applications' V2.
     */
    PROJECTION_OR_SUBSAMPLING,
    /** Option C: a 1x1 projection in every block. */
    ALL_PROJECTION
}
