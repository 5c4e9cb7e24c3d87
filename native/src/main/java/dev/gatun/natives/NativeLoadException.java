package dev.gatun.natives;

import org.jspecify.annotations.Nullable;

/**
 * oneDNN could not be found, trusted, unpacked or loaded. The message is one line that names the file, what was found
 * and what was expected, and where there is one, the way out.
 */
public final class NativeLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NativeLoadException(String message) {
        super(message);
    }

    NativeLoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What an I/O error says beyond the file it names: most of {@link java.nio.file.FileSystemException} do not say it alone. */
    static String reason(Throwable e) {
        String type = e.getClass().getSimpleName();
        String message = e.getMessage();
        return message == null ? type : type + ": " + message;
    }
}
