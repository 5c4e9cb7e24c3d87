package dev.gatun.weights;

import dev.gatun.natives.CacheDirectory;
import dev.gatun.natives.FileStamp;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Hashes of big files, remembered in the user's cache so that a start does not read 100 MB to know them again. A hash holds for as long as
 * the {@link FileStamp} of its file stays the same. Immutable; thread-safe, also among processes.
 */
final class KnownHashes {
    private static final System.Logger LOG = System.getLogger(KnownHashes.class.getName());

    private final Optional<Path> directory;

    /** @param directory where they are remembered, if anywhere */
    KnownHashes(Optional<Path> directory) {
        this.directory = directory;
    }

    /** Those in the user's cache. */
    static KnownHashes ofUser() {
        try {
            return new KnownHashes(CacheDirectory.privateDirectory("hashes"));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "hashes cannot be remembered", e);
            return new KnownHashes(Optional.empty());
        }
    }

    /**
     * SHA-256 of a file in lower-case hex.
     *
     * @param stamp that the file had when its hash is asked for; one whose hash is not known has to have it still once it is read
     * @return empty if it has another, or cannot be read
     */
    Optional<String> sha256(Path file, FileStamp stamp) {
        try {
            String subject = file + "\n" + stamp.text() + "\n";
            Optional<Path> note = directory.map(parent -> parent.resolve(name(file)));
            Optional<String> known = note.flatMap(path -> recall(path, subject));
            if (known.isPresent()) {
                return known;
            }
            String hash = FileDigest.Algorithm.SHA256.of(file);
            if (!FileStamp.of(file).equals(stamp)) {
                return Optional.empty();
            }
            note.ifPresent(path -> remember(path, subject + hash));
            return Optional.of(hash);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot hash " + file, e);
            return Optional.empty();
        }
    }

    private static Optional<String> recall(Path note, String subject) {
        try {
            String text = Files.readString(note);
            boolean valid = text.startsWith(subject)
                    && text.length() == subject.length() + FileDigest.Algorithm.SHA256.digits();
            return valid ? Optional.of(text.substring(subject.length())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void remember(Path note, String text) {
        try {
            AtomicFile.write(note, channel -> {
                for (ByteBuffer bytes = StandardCharsets.UTF_8.encode(text); bytes.hasRemaining(); ) {
                    channel.write(bytes);
                }
            });
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot remember a hash in " + note, e);
        }
    }

    /** One note a path, so that a file that is written every day leaves one only; files that share a note only cost a hash. */
    private static String name(Path file) {
        CRC32C sum = new CRC32C();
        sum.update(file.toString().getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
