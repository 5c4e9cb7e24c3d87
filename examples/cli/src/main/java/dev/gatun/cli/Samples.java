package dev.gatun.cli;

import dev.gatun.image.ImageFormatException;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Images with their true classes, in a fixed order. Thread-safe. */
interface Samples extends AutoCloseable {
    /** How many there are. */
    int size();

    /** How loaders write images. */
    InputFormat format();

    /** A loader for one thread. */
    Loader newLoader();

    @Override
    default void close() {}

    /** Reads images one after another, in buffers of its own. */
    interface Loader {
        /**
         * Writes image {@code index} into a src tensor, all its crops one behind the other.
         *
         * @param byteOffset where the image starts in {@code src}
         * @return its true class
         * @throws IOException if it cannot be read
         * @throws ImageFormatException if it is not an image
         */
        int load(int index, MemorySegment src, long byteOffset) throws IOException;
    }
}
