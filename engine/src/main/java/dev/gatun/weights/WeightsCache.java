package dev.gatun.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds catalogue weights under the names they were published with. Safe for several threads and
 * processes at once.
 *
 * @param directory need not exist
 */
public record WeightsCache(Path directory) {
    /**
     * The user's: {@code weights} in the directory that the system property {@code gatun.cache.dir} names, else in
     * {@code $XDG_CACHE_HOME/gatun}, else in {@code ~/.cache/gatun}.
     */
    public static WeightsCache ofUser() {
        return new WeightsCache(userDirectory(
                System.getProperty("gatun.cache.dir"),
                System.getenv("XDG_CACHE_HOME"),
                System.getProperty("user.home", ".")));
    }

    static Path userDirectory(@Nullable String property, @Nullable String xdgCacheHome, String home) {
        if (property != null && !property.isBlank()) {
            return Path.of(property).toAbsolutePath().resolve("weights");
        }
        // XDG Base Directory Specification: relative paths are to be ignored.
        Path caches = xdgCacheHome != null && Path.of(xdgCacheHome).isAbsolute()
                ? Path.of(xdgCacheHome)
                : Path.of(home, ".cache");
        return caches.resolve("gatun").resolve("weights");
    }

    /** Where an entry's file is, or belongs. */
    public Path path(CatalogEntry entry) {
        return directory.resolve(entry.fileName());
    }

    /** Whether an entry's file is there; it is not verified. */
    public boolean holds(CatalogEntry entry) {
        return Files.isRegularFile(path(entry));
    }

    /**
     * The verified file of an entry; the network is used only if it is not there.
     *
     * @throws DownloadException if it is not there and cannot be downloaded, or it is not the file that was published
     */
    public Path obtain(CatalogEntry entry, Downloader downloader, DownloadListener listener) {
        return downloader.obtain(
                new Downloader.Request(entry.name(), entry.uri(), entry.sha256Prefix(), entry.maxBytes(), path(entry)),
                listener);
    }
}
