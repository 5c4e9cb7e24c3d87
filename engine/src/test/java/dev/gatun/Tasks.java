package dev.gatun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What Linux knows of this process' threads: also of those that are not the JVM's. */
public final class Tasks {
    private static final Path TASKS = Path.of("/proc/self/task");

    private Tasks() {}

    /** Whether this is Linux. */
    public static boolean known() {
        return Files.isDirectory(TASKS);
    }

    /**
     * The CPUs that each thread of this name may run on.
     *
     * @param name at most 15 bytes, which threads hand on to those that they start
     */
    public static List<String> cpus(String name) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> name.equals(line(task.resolve("comm"), "")))
                    .map(task -> line(task.resolve("status"), "Cpus_allowed_list:"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The CPUs as expected, or what they are after ten seconds: those who wait for a thread know of its end a little before the list does. */
    public static List<String> await(String name, Predicate<List<String>> expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        List<String> cpus = cpus(name);
        while (!expected.test(cpus) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            cpus = cpus(name);
        }
        return cpus;
    }

    private static String line(Path file, String start) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            return "of a thread that ended meanwhile";
        }
    }
}
