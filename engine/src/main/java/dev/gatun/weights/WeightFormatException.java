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

    /**
     * What an exception says is wrong with a file, in words also where a number overflows: compiled code throws that without a message.
     *
     * @param e of a check, or of exact arithmetic
     */
    public static String reason(Exception e) {
        return e instanceof ArithmeticException ? "a number overflows" : String.valueOf(e.getMessage());
    }
}
