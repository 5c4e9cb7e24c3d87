package dev.gatun.natives;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where Gatun keeps what it can make or fetch again: unpacked libraries here, weights and plans of the engine beside them.
 *
 * <p>The system property {@code gatun.cache.dir} names it; otherwise it is {@code gatun} in the platform's folder for
 * caches: {@code $XDG_CACHE_HOME} or {@code ~/.cache} (XDG Base Directory Specification), on macOS
 * {@code ~/Library/Caches}, on Windows {@code %LOCALAPPDATA%}.
 */
public final class CacheDirectory {
    /** System property that names the directory. */
    public static final String PROPERTY = "gatun.cache.dir";

    private CacheDirectory() {}

    /**
     * The directory, whether or not it exists.
     *
     * @return an absolute path; empty if the user has no home directory, as in containers that run under a bare user id
     * @throws NativeLoadException if {@code gatun.cache.dir} is not a valid path
     */
    public static Optional<Path> locate() {
        String explicit = System.getProperty(PROPERTY, "");
        if (!explicit.isEmpty()) {
            try {
                return Optional.of(Path.of(explicit).toAbsolutePath());
            } catch (InvalidPathException e) {
                throw new NativeLoadException(PROPERTY + " is no valid path: " + e.getMessage(), e);
            }
        }
        String parentVariable = switch (Os.of(System.getProperty("os.name", ""))) {
            case LINUX -> "XDG_CACHE_HOME";
            case MACOS -> null;
            case WINDOWS -> "LOCALAPPDATA";
        };
        return locate(
                Os.of(System.getProperty("os.name", "")),
                parentVariable == null ? null : System.getenv(parentVariable),
                System.getProperty("user.home", ""));
    }

    /**
     * A directory of that name in the cache, made if needed, of mode 0700.
     *
     * @param name of one element
     * @return empty if the user has no home directory
     * @throws IOException if it cannot be made, or others own it or may write to it
     */
    public static Optional<Path> privateDirectory(String name) throws IOException {
        Optional<Path> root = locate();
        if (root.isEmpty()) {
            return Optional.empty();
        }
        PrivateDirectory.createRoot(root.get());
        Path directory = root.get().resolve(name);
        PrivateDirectory.createInside(directory);
        return Optional.of(directory);
    }

    static boolean isExplicit() {
        return !System.getProperty(PROPERTY, "").isEmpty();
    }

    /** The XDG specification says that a relative {@code XDG_CACHE_HOME} is to be ignored. */
    static Optional<Path> locate(Os os, @Nullable String parent, String home) {
        if (parent != null && !parent.isEmpty() && Path.of(parent).isAbsolute()) {
            return Optional.of(Path.of(parent, "gatun"));
        }
        // the JVM says "?" when the user id has no entry in the password database
        if (home.isEmpty() || home.equals("?")) {
            return Optional.empty();
        }
        String caches = switch (os) {
            case LINUX -> ".cache";
            case MACOS -> "Library/Caches";
            case WINDOWS -> "AppData/Local";
        };
        return Optional.of(Path.of(home, caches, "gatun").toAbsolutePath());
    }
}
