package dev.gatun.onednn;

/** A oneDNN call failed. The message names the call, the status in words, and the problem it was about. */
public final class OneDnnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;
    private final String call;

    OneDnnException(Status status, int value, String call, String detail) {
        super(call + ": " + status.words()
                + (status == Status.UNKNOWN ? " " + value : "")
                + (detail.isEmpty() ? "" : ": " + detail));
        this.status = status;
        this.call = call;
    }

    /** {@return the status of the call} */
    public Status status() {
        return status;
    }

    /** {@return the C function that failed} */
    public String call() {
        return call;
    }
}
