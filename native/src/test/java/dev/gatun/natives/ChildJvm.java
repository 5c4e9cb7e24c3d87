package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.nativetest.LoadChild;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Starts {@link LoadChild} in a JVM of its own, because a JVM loads oneDNN once. */
final class ChildJvm {
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1"));
    private final List<String> classPath = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private boolean nativeAccess = true;
    private boolean onModulePath;

    record Result(int exit, Map<String, String> out, String text) {
        String get(String key) {
            assertThat(out).as(text).containsKey(key);
            return out.getOrDefault(key, "");
        }

        String error() {
            return get("error");
        }
    }

    ChildJvm with(Path packageJar) {
        classPath.add(packageJar.toString());
        return this;
    }

    ChildJvm property(String name, Object value) {
        options.add("-D" + name + "=" + value);
        return this;
    }

    ChildJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Runs the JVM under a shell with {@code ulimit}. */
    ChildJvm limitFileSize(int kilobytes) {
        prefix.addAll(List.of("bash", "-c", "ulimit -f " + kilobytes + "; exec \"$@\"", "bash"));
        return this;
    }

    ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    ChildJvm onModulePath() {
        onModulePath = true;
        return this;
    }

    Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("--illegal-native-access=deny");
        Path main = location(NativeLibrary.class);
        Path test = location(LoadChild.class);
        List<String> rest = new ArrayList<>();
        if (onModulePath) {
            List<String> modules = new ArrayList<>(List.of(main.toString()));
            modules.addAll(classPath);
            command.addAll(List.of("--module-path", join(modules), "--add-modules", "dev.gatun.natives"));
            command.add("--enable-native-access=ALL-UNNAMED,dev.gatun.natives");
            rest.add(test.toString());
        } else {
            if (nativeAccess) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            rest.addAll(List.of(main.toString(), test.toString()));
            rest.addAll(classPath);
        }
        command.addAll(List.of("-cp", join(rest), LoadChild.class.getName()));
        command.addAll(Arrays.asList(arguments));
        Path log = Files.createTempFile("gatun-child", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OMP_") || name.startsWith("GOMP_"));
        builder.environment().putAll(environment);
        return new Running(builder.start(), log);
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return start(arguments).await();
    }

    record Running(Process process, Path log) {
        Result await() throws IOException, InterruptedException {
            int exit = process.waitFor();
            String text = Files.readString(log);
            Files.delete(log);
            Map<String, String> out = text.lines()
                    .filter(line -> line.matches("[a-zA-Z]+=.*"))
                    .collect(Collectors.toMap(
                            line -> line.substring(0, line.indexOf('=')),
                            line -> line.substring(line.indexOf('=') + 1),
                            (_, last) -> last));
            return new Result(exit, out, text);
        }
    }

    private static String join(List<String> paths) {
        return String.join(File.pathSeparator, paths);
    }

    private static Path location(Class<?> type) {
        try {
            // surefire patches the test classes into the module, so the code source is the module's for both
            String entry = type.getName().replace('.', '/') + ".class";
            URL url = type.getResource("/" + entry);
            Path file = Path.of(Objects.requireNonNull(url).toURI());
            for (int i = 0; i < entry.split("/", -1).length; i++) {
                file = Objects.requireNonNull(file.getParent());
            }
            return file;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
