package dev.gatun.weights;

import java.util.Optional;

/**
 * Tensors that can be read again at any time without anything being held open, such as those of a file. All methods may be called from
 * several threads at once.
 */
public interface StoredTensors {
    /**
     * As {@link WeightSource#read}.
     *
     * @throws WeightFormatException also if the content has changed since the source was opened
     */
    float[] read(String name);

    /**
     * As {@link WeightSource#readInt8}.
     *
     * @throws WeightFormatException also if the content has changed since the source was opened
     */
    byte[] readInt8(String name);

    /** What no other content has, such as a hash; empty if that cannot be told. May take as long as reading everything once. */
    Optional<String> contentId();
}
