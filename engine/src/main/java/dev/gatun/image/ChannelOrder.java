package dev.gatun.image;

/** The order in which channels are written. */
public enum ChannelOrder {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red: Caffe's models, and what Keras took from them. */
    BGR;

    /** The channel of an {@link RgbImage} that is written at position {@code c}. */
    int source(int c) {
        return this == RGB ? c : RgbImage.CHANNELS - 1 - c;
    }
}
