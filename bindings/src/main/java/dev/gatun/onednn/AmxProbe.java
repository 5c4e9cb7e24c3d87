package dev.gatun.onednn;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether AMX works. Some hypervisors advertise it and then fault on its first instruction, which would end
 * this process; so a child JVM multiplies two small matrices in bf16 and in int8 first. Thread-safe.
 */
public final class AmxProbe {
    static final int NOT_ADVERTISED_EXIT = 3;
    static final int WRONG_RESULT_EXIT = 4;
    /** The child's last word before it computes: from then on, a death is AMX's doing. */
    static final String READY = "amx-probe-ready";

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
     * Runs the probe in a child of the same Java, module path, class path and environment. Takes about half a second.
     *
     * @param timeout how long to wait for the child; it is killed afterwards
     * @return what was found; never throws for a probe that could not run
     * @throws InterruptedException if interrupted while waiting; the child is killed
     */
    public static Result run(Duration timeout) throws InterruptedException {
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
        String modulePath = System.getProperty("jdk.module.path", "");
        String classPath = System.getProperty("java.class.path", "");
        if (!classPath.isEmpty()) {
            command.addAll(List.of("--class-path", classPath));
        }
        Module module = AmxProbe.class.getModule();
        if (module.isNamed()) {
            command.addAll(List.of(
                    "--module-path",
                    modulePath,
                    "--add-modules",
                    "ALL-MODULE-PATH",
                    "--enable-native-access=dev.gatun.natives,dev.gatun.onednn",
                    "--module",
                    module.getName() + "/" + AmxProbeChild.class.getName()));
        } else {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", AmxProbeChild.class.getName()));
        }
        return command;
    }

    static Result run(List<String> command, Map<String, String> environment, Duration timeout)
            throws InterruptedException {
        try {
            Path output = Files.createTempFile("gatun-amx-probe", ".txt");
            try {
                return run(command, environment, timeout, output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return Result.unknown(e.toString());
        }
    }

    private static Result run(List<String> command, Map<String, String> environment, Duration timeout, Path output)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return Result.unknown("no answer within " + timeout.toMillis() + " ms");
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
        int exit = process.exitValue();
        return switch (exit) {
            case 0 -> new Result(Outcome.USABLE, exit, "");
            case NOT_ADVERTISED_EXIT -> new Result(Outcome.NOT_ADVERTISED, exit, "");
            case WRONG_RESULT_EXIT -> new Result(Outcome.FAULTS, exit, "wrong result");
            default ->
                said.contains(READY)
                        ? new Result(Outcome.FAULTS, exit, "the child died with exit code " + exit)
                        : new Result(Outcome.UNKNOWN, exit, said);
        };
    }
}
