package dev.gatun.graph;

/** Where a convolution's weights come from. */
public sealed interface Kernel {
    /**
     * From the weights file.
     *
     * @param tensor name of the parameter
     */
    record Stored(String tensor) implements Kernel {}

    /**
     * Made: a 1x1 kernel of zeros with a one from each input channel i to output channel {@code front + i}. What it computes is
     * exact in every precision, since each sum has one term that is not zero.
     *
     * @param front channels of zeros before the first
     */
    record ChannelEmbedding(int front) implements Kernel {}

    /** Made: one for every weight. In a depthwise 1x1 convolution that leaves its padding and the batch normalisation folded into it. */
    record Ones() implements Kernel {}
}
