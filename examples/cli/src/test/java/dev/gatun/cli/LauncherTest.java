package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code ./gatun} in a copy of the repository whose Maven and Java are scripts that only tell what they are asked. */
class LauncherTest {
    private static final Path SHELL = Path.of("/bin/sh");

    @TempDir
    Path temp;

    private Path root;
    private Path jdk;

    private record Ended(int status, List<String> out, List<String> err) {}

    @BeforeEach
    void copyRepository() throws IOException {
        assumeTrue(Files.isExecutable(SHELL), "the launcher needs a POSIX shell at " + SHELL);
        root = Files.createDirectories(temp.resolve("a folder/with spaces"));
        jdk = Files.createDirectories(temp.resolve("a jdk"));
        script("gatun", Files.readString(Run.root().resolve("gatun")));
        Files.createDirectories(root.resolve(".mvn"));
        Files.copy(Run.root().resolve(".mvn/find-jdk.sh"), root.resolve(".mvn/find-jdk.sh"));
        for (String module : List.of("native", "bindings", "engine", "engine/bom", "examples/cli")) {
            Files.createDirectories(root.resolve(module).resolve("src/main/java"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(root.resolve("pom.xml"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        executable(jdk.resolve("bin/java"), "#!/bin/sh\nfor a; do echo \"$a\"; done\nexit 7\n");
        script(
                "mvnw",
                "#!/bin/sh\necho built >>\"$(dirname \"$0\")/builds\"\nmkdir -p \"$(dirname \"$0\")/examples/cli/target/app\"\n");
    }

    @Test
    void buildsOnceThenRunsWithTheArgumentsAndStatusOfTheCommand() throws Exception {
        Ended first = gatun(root.resolve("gatun"), "classify", "two words", "");
        assertThat(first.err()).hasSize(1).first().asString().startsWith("gatun: building ");
        assertThat(first.status()).isEqualTo(7);
        assertThat(first.out())
                .containsSubsequence(
                        "--module-path",
                        root.toRealPath().resolve("examples/cli/target/app").toString(),
                        "--enable-native-access=dev.gatun.natives,dev.gatun.onednn",
                        "--module",
                        "dev.gatun.cli/dev.gatun.cli.Main",
                        "classify",
                        "two words",
                        "");

        Ended second = gatun(root.resolve("gatun"), "info");
        assertThat(second.err()).isEmpty();
        assertThat(second.status()).isEqualTo(7);
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void startsFromTheAotCacheThatTheBuildMade() throws Exception {
        executable(
                jdk.resolve("bin/java"),
                "#!/bin/sh\nfor a; do case $a in -XX:AOTCacheOutput=*) echo trained >\"${a#*=}\"; exit 0;; esac; echo \"$a\"; done\n");
        Path cache = root.toRealPath().resolve("examples/cli/target/app/gatun.aot");

        assertThat(gatun(root.resolve("gatun"), "info").out()).contains("-XX:AOTCache=" + cache);
        assertThat(cache).hasContent("trained");
        Files.delete(cache);
        assertThat(gatun(root.resolve("gatun"), "info").out()).noneMatch(option -> option.startsWith("-XX:AOTCache"));
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void doesWithoutAnAotCacheThatIsNotAsTrainingLeftIt() throws Exception {
        executable(
                jdk.resolve("bin/java"),
                "#!/bin/sh\nfor a; do case $a in -XX:AOTCacheOutput=*) echo trained >\"${a#*=}\"; exit 0;; esac; echo \"$a\"; done\n");
        gatun(root.resolve("gatun"), "info");
        Path cache = root.toRealPath().resolve("examples/cli/target/app/gatun.aot");

        for (String damage : List.of("trainex\n", "train", "")) {
            Files.writeString(cache, damage);
            Ended ended = gatun(root.resolve("gatun"), "info");
            assertThat(ended.out()).contains("info").noneMatch(option -> option.startsWith("-XX:AOTCache"));
            assertThat(ended.err()).isEmpty();
        }
        Files.writeString(cache, "trained\n");
        assertThat(gatun(root.resolve("gatun"), "info").out()).contains("-XX:AOTCache=" + cache);
        Files.delete(cache.resolveSibling("gatun.aot.sum"));
        Ended unsure = gatun(root.resolve("gatun"), "info");
        assertThat(unsure.out()).noneMatch(option -> option.startsWith("-XX:AOTCache"));
        assertThat(unsure.err()).isEmpty();
    }

    @Test
    void doesWithoutAnAotCacheWhereTrainingFails() throws Exception {
        Ended first = gatun(root.resolve("gatun"), "info"); // this java fails with 7, whatever it is asked
        assertThat(first.status()).isEqualTo(7);
        assertThat(first.out()).contains("info").noneMatch(option -> option.startsWith("-XX:AOTCache"));
    }

    @Test
    void buildsAgainWhenASourceChangesOrGoes() throws Exception {
        Path folder = root.resolve("engine/src/main/java");
        Path source = Files.createFile(folder.resolve("A.java"));
        gatun(root.resolve("gatun"));
        assertThat(builds()).isEqualTo(1);

        setTime(source, 5);
        gatun(root.resolve("gatun"));
        assertThat(builds()).isEqualTo(2);

        Files.delete(source);
        setTime(folder, 5);
        gatun(root.resolve("gatun"));
        assertThat(builds()).isEqualTo(3);

        setTime(folder, -5);
        setTime(Files.createDirectories(root.resolve("engine/src/test/java")), 5);
        gatun(root.resolve("gatun"));
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void isFoundThroughSymbolicLinksFromAnyDirectory() throws Exception {
        Path links = Files.createDirectories(temp.resolve("links"));
        Files.createSymbolicLink(links.resolve("one"), Path.of("../a folder/with spaces/gatun"));
        Files.createSymbolicLink(links.resolve("two"), links.resolve("one"));

        assertThat(gatun(links.resolve("two")).status()).isEqualTo(7);
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        script(
                "mvnw",
                "#!/bin/sh\necho built >>\"$(dirname \"$0\")/builds\"\nsleep 1\nmkdir -p \"$(dirname \"$0\")/examples/cli/target/app\"\n");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(start(root.resolve("gatun"), "info"));
        }
        for (Process process : processes) {
            assertThat(end(process).status()).isEqualTo(7);
        }

        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void tellsWhyTheBuildFailedAndTriesAgainNextTime() throws Exception {
        String good = Files.readString(root.resolve("mvnw"));
        script("mvnw", "#!/bin/sh\necho '[INFO] much'\necho '[ERROR] no compiler'\nexit 1\n");

        Ended failed = gatun(root.resolve("gatun"), "info");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).hasSize(3).element(1).isEqualTo("[ERROR] no compiler");
        assertThat(failed.err().getLast()).startsWith("gatun: the build failed; all it said is in ");

        script("mvnw", good);
        assertThat(gatun(root.resolve("gatun"), "info").status()).isEqualTo(7);
    }

    private Ended gatun(Path launcher, String... arguments) throws Exception {
        return end(start(launcher, arguments));
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
        builder.environment().put("GATUN_JAVA_HOME", jdk.toString());
        return builder.start();
    }

    private static Ended end(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out.lines().toList(), err.lines().toList());
    }

    private long builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    private void script(String name, String text) throws IOException {
        executable(root.resolve(name), text);
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A time that surely is after a build (positive) or before it. */
    private static void setTime(Path file, int seconds) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
    }
}
