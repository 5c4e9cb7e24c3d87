package dev.gatun.natives;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Libraries unpacked once per user, in a directory {@code native/<classifier>-<hash>} of the cache, {@code <hash>} being
 * over the digests of all libraries in it: another version lies beside, never over.
 *
 * <p>Every file is hashed while it is unpacked, and put in place by an atomic rename after an fsync. Hashing 93 MB takes
 * 0.1 to 0.4 s, so a warm start does not: the file {@code verified} remembers the {@link FileStamp} of every
 * file whose hash was right, and only a file that has another is hashed again. The directory is mode 0700 and its owner is checked, so only the user and root can write there at all.
 *
 * <p>Several processes, and several class loaders of one, may start at once: one unpacks under a file lock, the others
 * wait and use its work. A cache that is read-only but complete, as in a container image, is used as it is.
 */
final class LibraryCache {
    private static final String STAMP = "verified";
    private static final String LOCK = "lock";
    private static final String TEMPORARY = ".tmp";
    private static final int CHUNK_BYTES = 1 << 16;

    private final Path root;

    /** @param root the cache directory, made when needed */
    LibraryCache(Path root) {
        this.root = root;
    }

    /**
     * The directory with all libraries in it, verified.
     *
     * @throws IOException if the cache cannot be used: not writable, full, not private
     * @throws NativeLoadException if the package is unreadable, incomplete or not what its hashes say
     */
    Path unpacked(Platform platform, List<PackagedLibrary> libraries, OneDnnPackage source) throws IOException {
        PrivateDirectory.createRoot(root);
        Path parent = root.resolve("native");
        PrivateDirectory.createInside(parent);
        Path directory = parent.resolve(platform.classifier() + "-" + key(libraries));
        PrivateDirectory.createInside(directory);
        if (isUnchanged(directory, libraries)) {
            return directory;
        }
        // a file lock is held for the whole JVM, so class loaders with a copy of this class each need a monitor they
        // share
        synchronized (("dev.gatun.natives " + directory).intern()) {
            try (Lock _ = Lock.of(directory.resolve(LOCK))) {
                if (!isUnchanged(directory, libraries)) {
                    repair(directory, libraries, source);
                }
            }
        }
        return directory;
    }

    private static void repair(Path directory, List<PackagedLibrary> libraries, OneDnnPackage source)
            throws IOException {
        for (PackagedLibrary library : libraries) {
            if (!isGenuine(directory.resolve(library.file()), library)) {
                unpack(directory, library, source);
            }
        }
        try {
            removeLeftovers(directory);
            Path temporary = Files.createTempFile(directory, STAMP, TEMPORARY);
            Files.writeString(temporary, stamp(directory, libraries));
            Files.move(temporary, directory.resolve(STAMP), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | DirectoryIteratorException e) {
            // read-only or full by now: the libraries are good, the next start hashes them again
            System.getLogger(LibraryCache.class.getName())
                    .log(System.Logger.Level.DEBUG, "cannot write " + directory.resolve(STAMP), e);
        }
    }

    private static void unpack(Path directory, PackagedLibrary library, OneDnnPackage source) throws IOException {
        Path temporary = Files.createTempFile(directory, library.file(), TEMPORARY);
        try {
            copy(library, source, temporary);
            Files.move(temporary, directory.resolve(library.file()), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void copy(PackagedLibrary library, OneDnnPackage source, Path temporary) throws IOException {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        long bytes = 0;
        try (InputStream in = open(library, source);
                FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            // one byte too many is enough to know
            for (int n; bytes <= library.bytes() && (n = read(in, chunk, library, source)) >= 0; bytes += n) {
                digest.update(chunk, 0, n);
                out.write(chunk, 0, n);
            }
            out.getFD().sync();
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (bytes != library.bytes() || !found.equals(library.sha256())) {
            throw new NativeLoadException("%s is corrupt: %s has SHA-256 %s (%d bytes read), expected %s (%d bytes)"
                    .formatted(source.origin(), library.file(), found, bytes, library.sha256(), library.bytes()));
        }
    }

    private static InputStream open(PackagedLibrary library, OneDnnPackage source) {
        try {
            return source.open(library.file());
        } catch (IOException e) {
            throw unreadable(library, source, e);
        }
    }

    /** Tells an unreadable package, which is an error, from an unusable cache, which has a substitute. */
    private static int read(InputStream in, byte[] chunk, PackagedLibrary library, OneDnnPackage source) {
        try {
            return in.read(chunk);
        } catch (IOException e) {
            throw unreadable(library, source, e);
        }
    }

    private static NativeLoadException unreadable(PackagedLibrary library, OneDnnPackage source, IOException e) {
        return new NativeLoadException(
                "%s is corrupt: %s cannot be read: %s"
                        .formatted(source.origin(), library.file(), NativeLoadException.reason(e)),
                e);
    }

    private static boolean isUnchanged(Path directory, List<PackagedLibrary> libraries) {
        try {
            return Files.readString(directory.resolve(STAMP)).equals(stamp(directory, libraries));
        } catch (IOException e) {
            return false;
        }
    }

    private static String stamp(Path directory, List<PackagedLibrary> libraries) throws IOException {
        StringBuilder stamp = new StringBuilder();
        for (PackagedLibrary library : libraries) {
            stamp.append(library.file())
                    .append(' ')
                    .append(library.sha256())
                    .append(' ')
                    .append(FileStamp.of(directory.resolve(library.file())).text())
                    .append('\n');
        }
        return stamp.toString();
    }

    private static boolean isGenuine(Path file, PackagedLibrary library) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) != library.bytes()) {
            return false;
        }
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = new FileInputStream(file.toFile())) {
            for (int n; (n = in.read(chunk)) >= 0; ) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest()).equals(library.sha256());
    }

    /** Of processes that were killed while they unpacked; under the lock nobody else has any. */
    private static void removeLeftovers(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String key(List<PackagedLibrary> libraries) {
        MessageDigest digest = sha256();
        libraries.forEach(library -> digest.update(HexFormat.of().parseHex(library.sha256())));
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** A lock between processes, where the file system has any. Renames are atomic without it; it saves double work. */
    private record Lock(@Nullable FileChannel channel) implements AutoCloseable {
        static Lock of(Path file) {
            FileChannel channel = null;
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                channel.lock();
                return new Lock(channel);
            } catch (IOException e) {
                return new Lock(channel);
            }
        }

        @Override
        public void close() throws IOException {
            if (channel != null) {
                channel.close(); // releases the lock
            }
        }
    }
}
