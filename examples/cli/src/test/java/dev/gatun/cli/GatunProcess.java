package dev.gatun.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The command as {@code ./gatun} runs it, in a process of its own. */
final class GatunProcess {
    private GatunProcess() {}

    /**
     * Runs it to its end.
     *
     * @param environment variables beside those of this process
     * @param options of the JVM
     */
    static Run run(Map<String, String> environment, List<String> options, Object... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(options, arguments);
        builder.environment().putAll(environment);
        Process process = builder.start();
        // Little enough for the pipe to hold while the other is read.
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, err);
    }

    /** What starts it with these options of the JVM. */
    static ProcessBuilder builder(List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--class-path",
                System.getProperty("java.class.path"),
                "--enable-native-access=dev.gatun.natives,dev.gatun.onednn",
                "--illegal-native-access=deny"));
        command.addAll(options);
        command.addAll(List.of("--module", "dev.gatun.cli/dev.gatun.cli.Main"));
        command.addAll(Arrays.stream(arguments).map(Object::toString).toList());
        return new ProcessBuilder(command);
    }
}
