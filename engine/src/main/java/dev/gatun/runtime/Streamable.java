package dev.gatun.runtime;

/** A model that streams run side by side, each in a session of its own. Thread-safe. */
public interface Streamable {
    /** Images a run takes. */
    int batch();

    /** Bytes of the images of a run, which lie one after another. */
    long srcBytes();

    /** Alignment of images in bytes. */
    int srcAlignment();

    /** Bytes of the results of a run. */
    long dstBytes();

    /** Bytes that each result has of an image, and so how results of any number of images lie. */
    Results results();

    /** Threads of a run. */
    int threads();

    /** A session, owned by the caller. */
    StreamSession newSession();
}
