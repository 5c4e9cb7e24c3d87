package dev.gatun.plan;

import dev.gatun.natives.CacheDirectory;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.OneDnn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which implementations have been found the fastest on this machine, kept in the user's cache as lines of text. What cannot be read is as
 * if it were not there, and what cannot be written is lost: that costs speed, never answers. Thread-safe.
 */
final class TuningFile {
    /** The longest file that is read: more problems than all networks of the family have. */
    private static final long MAX_BYTES = 4L << 20;

    private final @Nullable Path file;
    private final String machine;
    private final Map<String, String> choices = new TreeMap<>();
    private final Map<String, String> unsaved = new TreeMap<>();

    private TuningFile(@Nullable Path file, String machine) {
        this.file = file;
        this.machine = machine;
    }

    /** The user's file for this machine, or one that forgets everything where the user has no cache. */
    static TuningFile ofUser() {
        if (!PlanCache.enabled()) {
            return new TuningFile(null, "");
        }
        String machine = Machine.first().cpuModel() + ", " + OneDnn.effectiveIsa() + ", oneDNN " + OneDnn.version();
        String name = Integer.toHexString(machine.hashCode()) + ".txt";
        try {
            Optional<Path> directory = CacheDirectory.privateDirectory("tunings");
            return directory.map(path -> read(path.resolve(name), machine)).orElseGet(() -> new TuningFile(null, ""));
        } catch (IOException e) {
            return new TuningFile(null, "");
        }
    }

    /** What {@code file} says of this machine; nothing if that cannot be read. */
    static TuningFile read(Path file, String machine) {
        TuningFile tuning = new TuningFile(file, machine);
        tuning.parse(lines(file));
        return tuning;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES
                    ? Files.readAllLines(file, StandardCharsets.UTF_8)
                    : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void parse(List<String> lines) {
        if (lines.isEmpty() || !lines.getFirst().equals(machine)) {
            return;
        }
        for (String line : lines.subList(1, lines.size())) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                choices.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
    }

    /** Whether nothing is known of any problem. */
    synchronized boolean isEmpty() {
        return choices.isEmpty();
    }

    /** The fastest implementation of a problem, if it is known. */
    synchronized Optional<String> choice(String problem) {
        return Optional.ofNullable(choices.get(problem));
    }

    /** Remembers the fastest implementation of a problem. */
    synchronized void add(String problem, String implementation) {
        if (!implementation.equals(choices.put(problem, implementation))) {
            unsaved.put(problem, implementation);
        }
    }

    /** Writes what has been added beside what others have saved meanwhile, in place of the file as a whole. */
    synchronized void save() {
        if (unsaved.isEmpty() || file == null) {
            return;
        }
        parse(lines(file));
        choices.putAll(unsaved);
        List<String> lines = new ArrayList<>(List.of(machine));
        choices.forEach((problem, implementation) -> lines.add(problem + '\t' + implementation));
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            Path written = Files.createTempFile(directory, "tuning", ".part");
            try {
                Files.write(written, lines, StandardCharsets.UTF_8);
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                unsaved.clear();
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            // Measured again the next time.
            return;
        }
    }
}
