package dev.gatun.onednn;

import dev.gatun.natives.NativeLibrary;
import dev.gatun.natives.Source;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out whether AMX works. Some hypervisors advertise it and then fault on its first instruction, which would end
 * this process; so a child JVM multiplies two small matrices in bf16 and in int8 first. Thread-safe.
 */
public final class AmxProbe {
    static final int NOT_ADVERTISED_EXIT = 3;
    static final int WRONG_RESULT_EXIT = 4;
    /** The child's last word before it computes: from then on, a death is AMX's doing. */
    static final String READY = "amx-probe-ready";
    /** Options meant for this JVM: a heap that is larger than the child's most, or a debugger's port, would keep the child from starting. */
    private static final Set<String> OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private AmxProbe() {}

    /** What the probe found. */
    public enum Outcome {
        /** oneDNN computes with AMX, and rightly. */
        USABLE,
        /** oneDNN would use AMX, but the process dies of it or the result is wrong. */
        FAULTS,
        /** oneDNN does not use AMX: the CPU or system has none, or the ISA is limited by the environment. */
        NOT_ADVERTISED,
        /** The probe could not be run to its end. */
        UNKNOWN
    }

    /**
     * Result of a probe.
     *
     * @param outcome what was found
     * @param exitCode exit code of the child, -1 if there is none
     * @param detail the reason in words, for {@link Outcome#FAULTS} and {@link Outcome#UNKNOWN}; otherwise empty
     */
    public record Result(Outcome outcome, int exitCode, String detail) {
        private static Result unknown(String detail) {
            return new Result(Outcome.UNKNOWN, -1, detail);
        }
    }

    /**
     * Runs the probe in a child of the same Java, oneDNN and environment, but for what the environment tells every Java. The child knows this
     * library from the module path, the class path and where its classes are from, if that is a directory or jar. Takes about half a second;
     * an interruption does not end it, and is kept for afterwards.
     *
     * @param timeout how long to wait for the child; it is killed afterwards
     * @return what was found; never throws for a probe that could not run
     * @throws dev.gatun.natives.NativeLoadException if there is no oneDNN to probe
     */
    public static Result run(Duration timeout) {
        Path java = Path.of(System.getProperty("java.home"), "bin", File.separatorChar == '\\' ? "java.exe" : "java");
        if (!Files.isExecutable(java)) {
            return Result.unknown("no java executable at " + java);
        }
        return run(command(java), Map.of(), timeout);
    }

    static List<String> command(Path java) {
        List<String> command = new ArrayList<>(
                List.of(java.toString(), "-Xmx64m", "-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage"));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("gatun."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        // The child asks which ISA there is, and is not to ask a child of its own.
        command.add("-D" + AmxGuard.PROPERTY + "=trust");
        NativeLibrary library = OneDnn.load();
        if (library.source() == Source.PACKAGED) {
            command.add("-D" + NativeLibrary.DIRECTORY + "=" + library.onednn().getParent());
        }
        String modulePath = System.getProperty("jdk.module.path", "");
        String classPath = System.getProperty("java.class.path", "");
        Module module = AmxProbe.class.getModule();
        if (module.isNamed()) {
            if (!classPath.isEmpty()) {
                command.addAll(List.of("--class-path", classPath));
            }
            command.addAll(List.of(
                    "--module-path",
                    withOrigins(modulePath),
                    "--enable-native-access=dev.gatun.natives,dev.gatun.onednn",
                    "--module",
                    module.getName() + "/" + AmxProbeChild.class.getName()));
        } else {
            command.addAll(List.of(
                    "--class-path",
                    withOrigins(classPath),
                    "--enable-native-access=ALL-UNNAMED",
                    AmxProbeChild.class.getName()));
        }
        return command;
    }

    /** With an application server's class loaders, no path of the JVM has the jars. */
    private static String withOrigins(String path) {
        return Stream.concat(
                        Stream.of(AmxProbe.class, NativeLibrary.class).flatMap(type -> origin(type).stream()),
                        Stream.of(path))
                .filter(element -> !element.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Empty for what only a class loader of its own can read, such as a jar within a jar. */
    private static Optional<String> origin(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null || !location.getProtocol().equals("file")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(location.toURI()).toString());
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Result run(List<String> command, Map<String, String> environment, Duration timeout) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(OPTIONS);
        try {
            Process process = builder.start();
            // What the child says fits in the pipe, so that it can be read when the child has ended.
            try (InputStream output = process.getInputStream()) {
                return ends(process, timeout)
                        ? result(process.exitValue(), new String(output.readAllBytes(), StandardCharsets.UTF_8).strip())
                        : Result.unknown("no answer within " + timeout.toMillis() + " ms");
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Result.unknown(e.toString());
        }
    }

    private static boolean ends(Process process, Duration timeout) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(timeout.toNanos() - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Result result(int exit, String said) {
        return switch (exit) {
            case 0 -> new Result(Outcome.USABLE, exit, "");
            case NOT_ADVERTISED_EXIT -> new Result(Outcome.NOT_ADVERTISED, exit, "");
            case WRONG_RESULT_EXIT -> new Result(Outcome.FAULTS, exit, "wrong result");
            default ->
                said.contains(READY)
                        ? new Result(Outcome.FAULTS, exit, "the child died with exit code " + exit)
                        : new Result(Outcome.UNKNOWN, exit, "the child ended with exit code " + exit + ": " + said);
        };
    }
}
