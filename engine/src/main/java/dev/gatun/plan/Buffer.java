package dev.gatun.plan;

/**
 * A piece of memory that steps read and write: the caller's, or a part of the session's arena. It holds a number of images, and a step
 * that works on fewer at once goes through it part by part.
 */
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
    private long images;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    private long offset;

    Buffer(Home home, long bytes, long images) {
        this.home = home;
        this.bytes = bytes;
        this.images = images;
    }

    Home home() {
        return home;
    }

    long bytes() {
        return bytes;
    }

    /** Of {@code count} of its images. */
    long bytesOf(long count) {
        return bytes / images * count;
    }

    /** Makes room for more images of the same kind. */
    void require(long bytes, long images) {
        this.bytes = Math.max(this.bytes, bytes);
        this.images = Math.max(this.images, images);
    }

    /** Where the image numbered {@code image} of a run lies in this buffer, for images of this many bytes. */
    long offsetOf(long image, long bytesPerImage) {
        return image % images * bytesPerImage;
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
