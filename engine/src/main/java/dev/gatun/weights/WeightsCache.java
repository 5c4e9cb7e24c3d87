package dev.gatun.weights;

import dev.gatun.natives.CacheDirectory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory that holds catalogue weights under the names they were published with. Safe for several threads and
 * processes at once.
 *
 * @param directory need not exist
 */
public record WeightsCache(Path directory) {
    /**
     * The user's: {@code weights} in {@link CacheDirectory#locate()}; where there is no home directory, in the working directory.
     */
    public static WeightsCache ofUser() {
        return new WeightsCache(
                CacheDirectory.locate().orElse(Path.of("").toAbsolutePath()).resolve("weights"));
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
                new Downloader.Request(entry.name(), entry.uri(), entry.digest(), entry.maxBytes(), path(entry)),
                listener);
    }
}
