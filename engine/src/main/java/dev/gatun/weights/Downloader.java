package dev.gatun.weights;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Brings a file into a cache: whole, verified against its published hash, or not at all. What arrived of an interrupted download
 * is kept beside the target as {@code .part} and continued by the next call if the server still has the same file. One
 * attempt a call. Thread-safe; calls for the same target wait for each other, also between processes.
 */
public final class Downloader {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);

    private final Supplier<HttpClient> clients;
    private final Duration stallTimeout;

    /**
     * A file to have.
     *
     * @param name what messages call it
     * @param uri where to download it, http or https; redirects are followed to https only
     * @param digest what it hashes to
     * @param maxBytes it may have
     * @param target where it belongs
     */
    public record Request(String name, URI uri, FileDigest digest, long maxBytes, Path target) {}

    /** A downloader; it has threads and connections only while it downloads. */
    public Downloader() {
        this(
                () -> HttpClient.newBuilder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build(),
                STALL_TIMEOUT);
    }

    Downloader(Supplier<HttpClient> clients, Duration stallTimeout) {
        this.clients = clients;
        this.stallTimeout = stallTimeout;
    }

    /**
     * The target of a request, verified; downloaded if it is not there.
     *
     * @throws DownloadException if it cannot be downloaded or stored, or is not the file that was asked for
     */
    @SuppressWarnings("try") // the lock is held, not used
    public Path obtain(Request request, DownloadListener listener) {
        Path target = request.target().toAbsolutePath();
        try {
            if (!Files.exists(target)) {
                Files.createDirectories(target.getParent());
                try (ExclusiveFile lock = ExclusiveFile.acquire(sibling(target, ".lock"))) {
                    // Another may have brought it while this one waited.
                    if (!Files.exists(target)) {
                        download(request, target, listener);
                        return target;
                    }
                }
            }
            FileDigest digest = request.digest();
            String hash = digest.algorithm().of(target);
            if (!digest.matches(hash)) {
                throw new IOException("the file at " + target + " is another: its " + digest.algorithm() + " is " + hash
                        + "; remove it first");
            }
            return target;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DownloadException(request, "interrupted", e);
        } catch (IOException e) {
            throw new DownloadException(request, e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private void download(Request request, Path target, DownloadListener listener)
            throws IOException, InterruptedException {
        PartialFile part = new PartialFile(sibling(target, ".part"), sibling(target, ".part.etag"));
        try (HttpClient client = clients.get()) {
            new Transfer(client, stallTimeout, request, part, listener).run();
        }
        FileDigest digest = request.digest();
        String hash = digest.algorithm().of(part.path());
        if (!digest.matches(hash)) {
            part.delete();
            throw new IOException("what the server sent has the " + digest.algorithm() + " " + hash);
        }
        AtomicFile.publish(part.path(), target);
        part.delete();
    }

    private static Path sibling(Path target, String suffix) {
        return target.resolveSibling(target.getFileName() + suffix);
    }
}
