package dev.gatun.plan;

/** A piece of memory that steps read and write: the caller's, or a part of the session's arena. */
final class Buffer {
    /** Whose memory it is. */
    enum Home {
        /** The images the caller passes. */
        SRC,
        /** The results the caller receives. */
        DST,
        /** The session's arena. */
        ARENA
    }

    private final Home home;
    private long bytes;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    private long offset;

    Buffer(Home home, long bytes) {
        this.home = home;
        this.bytes = bytes;
    }

    Home home() {
        return home;
    }

    long bytes() {
        return bytes;
    }

    /** Makes room for another use of the same memory. */
    void require(long bytes) {
        this.bytes = Math.max(this.bytes, bytes);
    }

    /** Keeps the memory for this buffer while {@code step} runs. */
    void usedBy(int step) {
        firstStep = Math.min(firstStep, step);
        lastStep = Math.max(lastStep, step);
    }

    boolean livesWith(Buffer other) {
        return firstStep <= other.lastStep && other.firstStep <= lastStep;
    }

    long offset() {
        return offset;
    }

    void place(long offset) {
        this.offset = offset;
    }
}
