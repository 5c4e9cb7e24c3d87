package dev.gatun.spec;

/** What is done to logits before they leave a network; Keras calls it {@code classifier_activation}. */
public enum Activation {
    /** Nothing: logits. */
    NONE,
    /** Softmax: probabilities of which one class is right. */
    SOFTMAX,
    /** The logistic function of each logit: probabilities of classes that do not exclude each other. */
    SIGMOID
}
