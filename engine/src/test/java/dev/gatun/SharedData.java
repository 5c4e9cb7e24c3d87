package dev.gatun;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data that is not part of the project, under the directory that the system property {@code gatun.test.shared} names. */
public final class SharedData {
    private SharedData() {}

    /** A file of the shared data; the test that asks is skipped if it is absent. */
    public static Path file(String name) {
        Path file = Path.of(System.getProperty("gatun.test.shared", "shared"), "data")
                .resolve(name);
        boolean found = Files.isReadable(file);
        if (!found) {
            System.out.println(
                    "skipped: " + file + " is absent; -Dgatun.test.shared names the directory of the shared data");
        }
        assumeTrue(found, file + " is absent");
        return file;
    }
}
