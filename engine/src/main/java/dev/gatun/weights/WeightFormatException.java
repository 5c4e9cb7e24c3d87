package dev.gatun.weights;

/** A weights file is not what it has to be: not a known container, malformed, truncated, or holding what is not allowed. */
public final class WeightFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A problem in a file.
     *
     * @param origin the file
     * @param problem what was found, where, and what was expected
     */
    public WeightFormatException(String origin, String problem) {
        super(origin + ": " + problem);
    }

    /**
     * A problem in a file that another exception explains.
     *
     * @param origin the file
     * @param problem what was found, where, and what was expected
     * @param cause the explanation
     */
    public WeightFormatException(String origin, String problem, Throwable cause) {
        super(origin + ": " + problem, cause);
    }
}
