package dev.gatun.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cache of this JVM alone, under {@code java.io.tmpdir}, for a home that is read-only, full or missing. It is deleted
 * when the JVM ends, but not when it is killed, and not on Windows, where a loaded library cannot be deleted.
 */
final class TemporaryCache {
    private TemporaryCache() {}

    /**
     * Unpacks into a new private directory.
     *
     * @param trouble why the user's cache cannot be used, for the message
     * @throws NativeLoadException if there is no room here either, or if the package is corrupt; nothing is left behind
     */
    static Path unpacked(Platform platform, List<PackagedLibrary> libraries, OneDnnPackage source, String trouble) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory("gatun-");
            Path unpacked = new LibraryCache(directory).unpacked(platform, libraries, source);
            Path doomed = directory;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(doomed), "gatun-temporary-cache"));
            return unpacked;
        } catch (IOException e) {
            deleteIfMade(directory);
            throw new NativeLoadException(
                    "oneDNN cannot be unpacked: %s, and neither can java.io.tmpdir %s (%s): set -D%s to a writable directory"
                            .formatted(
                                    trouble,
                                    System.getProperty("java.io.tmpdir"),
                                    NativeLoadException.reason(e),
                                    CacheDirectory.PROPERTY),
                    e);
        } catch (RuntimeException e) {
            deleteIfMade(directory);
            throw e;
        }
    }

    private static void deleteIfMade(@Nullable Path directory) {
        if (directory != null) {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(TemporaryCache.class.getName())
                    .log(System.Logger.Level.DEBUG, "cannot delete " + directory, e);
        }
    }
}
