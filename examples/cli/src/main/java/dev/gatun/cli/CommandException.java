package dev.gatun.cli;

import org.jspecify.annotations.Nullable;

/** The data, a file or the machine is not what a command needs; the message is the line that the user reads. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        this(message, null);
    }

    CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
