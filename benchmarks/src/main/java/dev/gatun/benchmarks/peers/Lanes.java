package dev.gatun.benchmarks.peers;

import java.util.Optional;

/** A network ready to run in one lane or several. A lane is always used by one and the same thread. */
interface Lanes extends AutoCloseable {
    /** Called once in the thread of a lane before its first run. */
    default void enter(@SuppressWarnings("unused") int lane) throws Exception {}

    /** Runs the images of the lane once. */
    void run(int lane) throws Exception;

    /** Runs all lanes at once for about {@code nanos}, if they have threads of their own; else whoever owns their threads does. */
    default Optional<Rate> rate(@SuppressWarnings("unused") long nanos) throws Exception {
        return Optional.empty();
    }

    /** The logits of the lane's last run, [batch, classes] row-major. */
    float[] logits(int lane) throws Exception;

    @Override
    void close();
}
