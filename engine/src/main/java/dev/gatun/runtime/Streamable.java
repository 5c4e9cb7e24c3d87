package dev.gatun.runtime;

/** A model that streams run side by side, each in a session of its own. Thread-safe. */
public interface Streamable {
    /** Images a run takes. */
    int batch();

    /** Bytes of the images of a run, which lie one after another. */
    long srcBytes();

    /** Alignment of images in bytes. */
    int srcAlignment();

    /** Bytes of the results of a run: f32, one row an image. */
    long dstBytes();

    /** A session, owned by the caller. */
    StreamSession newSession();
}
