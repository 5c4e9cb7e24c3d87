package dev.gatun.spec;

/** How the 3x3 convolutions of blocks are padded. */
public enum Padding {
    /** The same on all sides, whatever the stride; torch, and Keras Applications by padding of their own. */
    SYMMETRIC,
    /**
     * TensorFlow's SAME: as much as the output needs to be as large as the input over the stride, and the odd pixel at bottom and right. A
     * stride of 2 pads one row below and none above, provided that the stride divides the input's size; so networks with it take only
     * {@linkplain InputSpec#multiple multiples} of theirs.
     */
    SAME
}
