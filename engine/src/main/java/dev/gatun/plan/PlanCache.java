package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.natives.CacheDirectory;
import dev.gatun.onednn.OneDnn;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Packed weights of former plans in files of the user's {@linkplain CacheDirectory cache}, one a plan, that are mapped read-only and so
 * shared by all processes that use them; in a directory that other machines may share they are read instead, since a file that another
 * machine removes may end under its mapping. A file that is stale, truncated or damaged in any way is as good as none: the weights are packed
 * anew and it is replaced. Nothing that goes wrong with the cache is an error. The files used longest ago go when there are too many
 * bytes of them. The system property {@code gatun.cache} set to {@code off} does without.
 *
 * <p>Files appear by an atomic rename and are never written afterwards, in a directory of mode 0700: what is mapped stays as it was
 * verified, whatever other processes do by way of this class. As with a loaded library, whoever truncates one by hand meanwhile ends the
 * processes that use it.
 *
 * <p>Immutable; thread-safe, also among processes.
 */
final class PlanCache {
    /** System property: {@code on} (the default) or {@code off}. */
    static final String PROPERTY = "gatun.cache";

    private static final System.Logger LOG = System.getLogger(PlanCache.class.getName());
    private static final String SUFFIX = ".plan";
    private static final String TEMPORARY = ".tmp";
    /** Forty plans of ResNet-50 in bf16 on tiles. */
    private static final long MAX_BYTES = 2L << 30;
    /** A writer that takes longer was killed. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** File systems of one machine, by the names of {@link FileStore#type}. */
    private static final Set<String> LOCAL = Set.of(
            "apfs",
            "bcachefs",
            "btrfs",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "hfs",
            "ntfs",
            "overlay",
            "ramfs",
            "refs",
            "tmpfs",
            "xfs",
            "zfs");

    private final Optional<Path> directory;
    private final boolean mapped;
    private final long maxBytes;

    /**
     * @param directory of the files, if any
     * @param mapped whether files are mapped; else read
     * @param maxBytes of all files together
     */
    PlanCache(Optional<Path> directory, boolean mapped, long maxBytes) {
        this.directory = directory;
        this.mapped = mapped;
        this.maxBytes = maxBytes;
    }

    /** Without files. */
    static PlanCache none() {
        return new PlanCache(Optional.empty(), false, 0);
    }

    /**
     * That of the user.
     *
     * @throws IllegalArgumentException if {@code gatun.cache} is neither on nor off
     */
    static PlanCache ofUser() {
        if (!enabled()) {
            return none();
        }
        try {
            Optional<Path> directory = CacheDirectory.privateDirectory("plans");
            return directory.isPresent() ? new PlanCache(directory, local(directory.get()), MAX_BYTES) : none();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "plans are not cached", e);
            return none();
        }
    }

    private static boolean local(Path directory) {
        try {
            return local(Files.getFileStore(directory).type());
        } catch (IOException e) {
            // As in a chroot without /proc.
            return false;
        }
    }

    /** Whether a file system of this type is of one machine, as far as is known. */
    static boolean local(String type) {
        return LOCAL.contains(type.toLowerCase(Locale.ROOT));
    }

    /**
     * Whether anything is kept in the user's cache.
     *
     * @throws IllegalArgumentException if {@code gatun.cache} is neither on nor off
     */
    static boolean enabled() {
        String mode = System.getProperty(PROPERTY, "on");
        return switch (mode) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException(PROPERTY + " is '" + mode + "', expected on or off");
        };
    }

    /**
     * What the packed weights of a plan follow from in words, but for what computes them.
     *
     * @param contentId of the parameters
     * @param graph as it is planned
     */
    static String subject(String contentId, Graph graph, PlanRequest request) {
        return String.join(
                "\n",
                "plan " + PackedFile.VERSION,
                contentId,
                graph.toString(),
                request.withoutTuning().toString());
    }

    /** What the packed weights of a plan follow from; SHA-256. */
    static byte[] key(String subject) {
        String text = String.join(
                "\n", subject, "oneDNN " + OneDnn.version(), "ISA " + Integer.toHexString(OneDnn.effectiveIsaBits()));
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * The weights of a plan, not to be written, for as long as {@code arena} lives.
     *
     * @return empty if they are not here, or not as they were written
     */
    Map<String, PackedTensor.Stored> find(byte[] key, Arena arena) {
        if (directory.isEmpty()) {
            return Map.of();
        }
        Path file = file(directory.get(), key);
        try {
            Map<String, PackedTensor.Stored> found = PackedFile.read(file, key, mapped, arena);
            touch(file);
            return found;
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException | PackedFile.Unusable e) {
            LOG.log(Level.DEBUG, "ignoring " + file, e);
            return Map.of();
        }
    }

    /** Keeps the weights of a plan, if there is room and nothing is in the way. */
    void store(byte[] key, Map<String, PackedTensor.Stored> tensors) {
        long bytes = tensors.values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        if (directory.isEmpty() || bytes > maxBytes) {
            return;
        }
        Path file = file(directory.get(), key);
        Path part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + TEMPORARY);
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                // Not forced to the disk: what a crash tears fails its checksum.
                PackedFile.write(channel, key, tensors);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            evict(directory.get(), file);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(Level.DEBUG, "cannot keep " + file, e);
            try {
                Files.deleteIfExists(part);
            } catch (IOException alsoFailed) {
                LOG.log(Level.DEBUG, "cannot delete " + part, alsoFailed);
            }
        }
    }

    private static Path file(Path directory, byte[] key) {
        return directory.resolve(HexFormat.of().formatHex(key) + SUFFIX);
    }

    /** Modification times order the files by use; in a read-only directory they stay as they are. */
    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot touch " + file, e);
        }
    }

    private record Kept(Path path, long bytes, FileTime used) {}

    private void evict(Path directory, Path newest) throws IOException {
        List<Kept> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                kept(entry).ifPresent(files::add);
            }
        }
        files.sort(Comparator.comparing(Kept::used).reversed());
        Instant abandoned = Instant.now().minus(ABANDONED);
        long bytes = 0;
        for (Kept kept : files) {
            boolean temporary = kept.path.toString().endsWith(TEMPORARY);
            bytes += temporary ? 0 : kept.bytes;
            boolean tooMuch = !temporary && bytes > maxBytes && !kept.path.equals(newest);
            if (tooMuch || (temporary && kept.used.toInstant().isBefore(abandoned))) {
                // Whoever has it mapped keeps it until the mapping ends.
                Files.deleteIfExists(kept.path);
            }
        }
    }

    /** Empty for what is not ours, and for what another process has just removed. */
    private static Optional<Kept> kept(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX) && !name.endsWith(TEMPORARY)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
