package dev.gatun.spec;

/** What a network without classes puts out. */
public enum Features {
    /** The last feature map, [n, c, h, w]; Keras' {@code pooling=None}. */
    LAST_MAP,
    /** Its mean over all pixels, [n, c, 1, 1]; {@code pooling="avg"}. */
    AVERAGE,
    /** Its greatest value of all pixels, [n, c, 1, 1]; {@code pooling="max"}. */
    MAXIMUM,
    /**
     * The last map of every stage, C2 to C5 of the pyramids that detectors build; of a stage whose last block strides, the map before that
     * block. Those of pre-activation networks are sums, but for the last, which is normalised and has passed a ReLU.
     */
    PYRAMID
}
