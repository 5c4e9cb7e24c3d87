package dev.gatun.image;

import org.jspecify.annotations.Nullable;

/** A file's bytes are not an image that can be read; the message names the file, what was found and what is readable. */
public final class ImageFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String file;

    ImageFormatException(String file, String problem, @Nullable Throwable cause) {
        super(file + ": " + problem, cause);
        this.file = file;
    }

    /** The name of the file, as it was given to the decoder. */
    public String file() {
        return file;
    }
}
