package dev.gatun.spec;

/** The pooling that ends a stem: 3x3, stride 2, padding 1. */
public enum StemPool {
    /** None; the CIFAR networks. */
    NONE,
    /** Max pooling. */
    MAX,
    /**
     * Max pooling in which the padding counts as zeros. Behind a ReLU that is the same; Keras Applications' V2 have it before their first
     * ReLU, where zeros win over negative values.
     */
    ZERO_PADDED_MAX
}
