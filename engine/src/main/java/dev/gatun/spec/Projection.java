package dev.gatun.spec;

/** What stands on a shortcut that changes dimensions. */
public enum Projection {
    /** A 1x1 convolution with the stride, and batch normalisation; He et al. 2016, section 3.3. */
    NORMALIZED,
    /** A 1x1 convolution with the stride, alone; the Keras CIFAR examples and MLPerf-tiny. */
    BARE,
    /**
     * A 1x1 convolution with the stride, alone, of what the block's first batch normalisation and ReLU make of its input; for pre-activation
     * blocks: He et al. 2016b, Keras Applications' V2.
     */
    PREACTIVATED,
    /**
     * Average pooling of 2x2 with the stride, then a 1x1 convolution without, and batch normalisation; He, T. et al. 2019, "Bag of tricks",
     * figure 2d, and timm's resnet..d.
     */
    POOLED
}
