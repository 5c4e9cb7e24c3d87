package dev.gatun.benchmarks.peers;

/** A network ready to run in one lane or several. A lane is always used by one and the same thread. */
interface Lanes extends AutoCloseable {
    /** Called once in the thread of a lane before its first run. */
    default void enter(@SuppressWarnings("unused") int lane) throws Exception {}

    /** Runs the images of the lane once. */
    void run(int lane) throws Exception;

    /** The logits of the lane's last run, [batch, classes] row-major. */
    float[] logits(int lane) throws Exception;

    @Override
    void close();
}
