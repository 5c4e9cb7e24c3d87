package dev.gatun.spec;

/** Which convolutions have a bias. */
public enum ConvBias {
    /** None: batch normalisation follows each and shifts as well; torch's ResNets. */
    NONE,
    /** Those that no batch normalisation follows directly; Keras Applications' V2. */
    UNNORMALIZED,
    /** All, Keras' default; Keras Applications' v1 and the Keras CIFAR examples. */
    ALL
}
