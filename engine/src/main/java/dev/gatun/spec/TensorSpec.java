package dev.gatun.spec;

/**
 * A parameter that a model needs: what it is called, how it is shaped and what it is for.
 *
 * @param name the key in torchvision's naming, such as {@code layer1.0.conv1.weight}
 * @param shape convolution kernels are [oc, ic / groups, kh, kw], inner products [oc, ic], all others [c]
 * @param role what the values mean, which also decides how they are initialised
 */
public record TensorSpec(String name, Shape shape, Role role) {
    /** What a parameter's values mean. */
    public enum Role {
        /** Kernel of a convolution. */
        CONV_WEIGHT,
        /** Bias of a convolution. */
        CONV_BIAS,
        /** Scale (gamma) of a batch normalisation. */
        BN_WEIGHT,
        /** Shift (beta) of a batch normalisation. */
        BN_BIAS,
        /** Running mean of a batch normalisation. */
        BN_MEAN,
        /** Running variance of a batch normalisation; never negative. */
        BN_VARIANCE,
        /** Matrix of an inner product. */
        INNER_PRODUCT_WEIGHT,
        /** Bias of an inner product. */
        INNER_PRODUCT_BIAS
    }
}
