package dev.gatun.benchmarks.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running worker. Owns its process. For one thread. */
final class WorkerProcess implements AutoCloseable {
    private static final long SECONDS_TO_END = 10;

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    private WorkerProcess(Process process) {
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker on this process's class path behind the jars of its own.
     *
     * @param peers directory that holds a directory of jars for each contestant that needs some
     * @param log receives what it and its libraries say
     */
    static WorkerProcess start(Contestant contestant, Path peers, Path log) throws IOException {
        return start(contestant, peers, log, Map.of());
    }

    /**
     * Starts a worker as {@link #start(Contestant, Path, Path)} does.
     *
     * @param environment variables beside those of this process
     */
    static WorkerProcess start(Contestant contestant, Path peers, Path log, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx3g"));
        Path cache = peers.resolve("cache");
        command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache.resolve("javacpp"));
        command.add("-DDJL_CACHE_DIR=" + cache.resolve("djl"));
        command.addAll(contestant.options());
        command.addAll(List.of(Worker.class.getName(), contestant.name()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // ONNX Runtime 1.29 ends with a segmentation fault where the command line has more than some 4,000 characters.
        builder.environment().put("CLASSPATH", classPath(peers.resolve(contestant.directory())));
        builder.environment().putAll(environment);
        return new WorkerProcess(builder.start());
    }

    private static String classPath(Path jars) throws IOException {
        List<String> entries = new ArrayList<>();
        if (Files.isDirectory(jars)) {
            try (Stream<Path> files = Files.list(jars)) {
                files.map(Path::toString)
                        .filter(name -> name.endsWith(".jar"))
                        .sorted()
                        .forEach(entries::add);
            }
        }
        entries.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, entries);
    }

    /**
     * Sends a command and waits for its answer.
     *
     * @throws WorkerException if the worker says that it failed, or has ended
     */
    List<String> ask(Object... command) {
        commands.println(
                String.join("\t", Arrays.stream(command).map(Object::toString).toList()));
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                List<String> fields = List.of(line.split("\t", -1));
                if (fields.getFirst().equals(Worker.OK)) {
                    return fields.subList(1, fields.size());
                }
                if (fields.getFirst().equals(Worker.FAILED)) {
                    throw new WorkerException(fields.get(1));
                }
            }
            process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new WorkerException("its answer could not be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new WorkerException("its process has ended" + (process.isAlive() ? "" : " with " + process.exitValue()));
    }

    /** Ends the process, by force if it does not end by itself. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
