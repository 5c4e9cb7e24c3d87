package dev.gatun.spec;

/** What becomes of samples of 0 to 255 before a network sees them, where its weights do not say. */
public enum InputScaling {
    /** x / 255 less ImageNet's mean, over its deviation: torch, and Keras' mode "torch". */
    IMAGENET,
    /** BGR, less ImageNet's mean, not divided: Keras' mode "caffe". */
    CAFFE,
    /** To [-1, 1]: Keras' mode "tf". */
    MINUS_ONE_TO_ONE,
    /** x / 255. */
    UNIT,
    /** As they are. */
    RAW
}
