package dev.gatun.natives;

/**
 * What {@code dnnl_version} says.
 *
 * @param major semantic version, major
 * @param minor semantic version, minor
 * @param patch semantic version, patch
 * @param hash git hash of oneDNN's sources, {@code "N/A"} in builds made without git
 */
public record Version(int major, int minor, int patch, String hash) {
    /** The headers that the bindings were generated from. */
    private static final int MAJOR = 3;

    private static final int OLDEST_MINOR = 13;

    /** Whether the bindings fit: at least 3.13, where the last of their symbols appeared, and less than 4. */
    boolean isSupported() {
        return major == MAJOR && minor >= OLDEST_MINOR;
    }

    /**
     * Refuses a version that the bindings do not fit.
     *
     * @param library the library's file, for the message
     * @throws NativeLoadException if the version is older than 3.13, or 4 or newer
     */
    void requireSupported(Object library) {
        if (!isSupported()) {
            boolean old = major < MAJOR || (major == MAJOR && minor < OLDEST_MINOR);
            throw new NativeLoadException("%s is oneDNN %s, too %s: expected at least %d.%d and less than %d.0"
                    .formatted(library, this, old ? "old" : "new", MAJOR, OLDEST_MINOR, MAJOR + 1));
        }
    }

    /** {@code major.minor.patch}. */
    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
