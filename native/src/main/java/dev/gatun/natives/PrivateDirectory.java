package dev.gatun.natives;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Directories that code may be loaded from: what lies in them is executed, so nobody else may be able to put it there.
 * On Windows a user's profile is private by its inherited access list, and nothing is checked.
 */
final class PrivateDirectory {
    private static final int GROUP_WRITE = 0020;
    private static final int OTHER_WRITE = 0002;
    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private PrivateDirectory() {}

    /** Makes a cache's root and its parents, and refuses one where others could replace what we make inside. */
    static void createRoot(Path directory) throws IOException {
        create(directory);
        // in a sticky directory such as /tmp only an entry's owner may replace it
        requireMine(directory, OTHER_WRITE, STICKY);
    }

    /** Makes a directory of mode 0700 in an existing one, and refuses an existing one that others own or may write to. */
    static void createInside(Path directory) throws IOException {
        create(directory);
        requireMine(directory, GROUP_WRITE | OTHER_WRITE, 0);
    }

    private static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            if (isPosix()) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectories(directory);
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(e.getMessage() + " is not a directory", e);
        }
    }

    private static void requireMine(Path directory, int forbidden, int excuse) throws IOException {
        if (!isPosix()) {
            return;
        }
        int owner = (Integer) Files.getAttribute(directory, "unix:uid");
        int mode = (Integer) Files.getAttribute(directory, "unix:mode");
        int me = Posix.effectiveUser();
        if (owner != me && owner != ROOT) {
            throw new IOException(
                    "%s belongs to user %d, not to user %d who runs this: not trusted".formatted(directory, owner, me));
        }
        if ((mode & forbidden) != 0 && (mode & excuse) == 0) {
            throw new IOException(
                    "%s is writable by other users (mode %o): not trusted".formatted(directory, mode & 07777));
        }
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }
}
