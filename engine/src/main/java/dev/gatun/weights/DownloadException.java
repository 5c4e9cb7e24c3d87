package dev.gatun.weights;

import java.util.Locale;

/** Weights could not be had; the message tells how to bring them by hand. */
public final class DownloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final double MEBIBYTE = 1 << 20;

    DownloadException(Downloader.Request request, String problem, Throwable cause) {
        super(message(request, problem), cause);
    }

    private static String message(Downloader.Request request, String problem) {
        return String.format(
                Locale.ROOT,
                "cannot get the weights %s: %s. To go without the network, download %s (at most %.1f MiB, %s"
                        + " starting with %s) elsewhere and put it at %s",
                request.name(),
                problem,
                request.uri(),
                request.maxBytes() / MEBIBYTE,
                request.digest().algorithm(),
                request.digest().prefix(),
                request.target().toAbsolutePath());
    }
}
