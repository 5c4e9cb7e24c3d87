package dev.gatun.weights;

/** Is told how far a download is, on the thread that downloads. */
@FunctionalInterface
public interface DownloadListener {
    /** Tells nobody. */
    DownloadListener NONE = (bytesSoFar, totalBytes) -> {};

    /**
     * Some bytes have arrived.
     *
     * @param bytesSoFar of the file, those of an earlier attempt included
     * @param totalBytes of the file, or -1 if the server does not say
     */
    void progress(long bytesSoFar, long totalBytes);
}
