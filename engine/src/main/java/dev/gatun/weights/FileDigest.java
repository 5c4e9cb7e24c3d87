package dev.gatun.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a publisher says that a file's bytes hash to.
 *
 * @param algorithm of the hash
 * @param prefix the first hex digits of it, or all, in lower case
 */
public record FileDigest(Algorithm algorithm, String prefix) {
    private static final int MIN_DIGITS = 8;
    private static final int CHUNK_BYTES = 1 << 18;

    /** Hash functions that publishers of weights use. */
    public enum Algorithm {
        /** SHA-256, by which torch.hub names its files. */
        SHA256("SHA-256", 64),
        /** MD5, all that Keras publishes: it tells a broken transfer, not one that was forged; the connection's TLS has to. */
        MD5("MD5", 32);

        private final String title;
        private final int digits;

        Algorithm(String title, int digits) {
            this.title = title;
            this.digits = digits;
        }

        /** Length of the hash in hex. */
        int digits() {
            return digits;
        }

        /** The hash of a file in lower-case hex. */
        String of(Path file) throws IOException {
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance(title);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has " + title, e);
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] chunk = new byte[CHUNK_BYTES];
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    digest.update(chunk, 0, count);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** Checks that there are at least 8 digits and no more than the algorithm has; of MD5, all. */
    public FileDigest {
        int least = algorithm == Algorithm.MD5 ? algorithm.digits : MIN_DIGITS;
        if (!prefix.matches("[0-9a-f]{" + least + "," + algorithm.digits + "}")) {
            throw new IllegalArgumentException(
                    algorithm + " prefix '" + prefix + "' is not " + least + " to " + algorithm.digits + " hex digits");
        }
    }

    /** The first digits of a SHA-256. */
    public static FileDigest sha256(String prefix) {
        return new FileDigest(Algorithm.SHA256, prefix);
    }

    /** A whole MD5. */
    public static FileDigest md5(String hex) {
        return new FileDigest(Algorithm.MD5, hex);
    }

    /** Whether a hash by this algorithm is the one meant. */
    boolean matches(String hash) {
        return hash.startsWith(prefix);
    }
}
