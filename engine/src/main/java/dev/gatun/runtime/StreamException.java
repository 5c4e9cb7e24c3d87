package dev.gatun.runtime;

import java.io.Serial;

/** What a stream ran into, told to the thread that waits for it; the cause has the stream's own trace. */
public final class StreamException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Of the failure that a stream had. */
    public StreamException(Throwable cause) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
}
