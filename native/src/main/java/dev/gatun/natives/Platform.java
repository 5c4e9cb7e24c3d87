package dev.gatun.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a library must fit.
 *
 * @param os operating system
 * @param arch instruction set in the classifiers' spelling; one that has no package is kept as the JVM spells it
 * @param musl whether this JVM runs on musl libc, where libraries built for glibc do not load
 */
record Platform(Os os, String arch, boolean musl) {
    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), Path.of("/"));
    }

    static Platform of(String osName, String osArch, Path root) {
        Os os = Os.of(osName);
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        return new Platform(os, arch, os == Os.LINUX && mapsMusl(root.resolve("proc/self/maps")));
    }

    /** Asks what is mapped, not what is installed: musl's loader may lie on a glibc system and the reverse. */
    private static boolean mapsMusl(Path maps) {
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.anyMatch(line -> line.contains("/ld-musl-") || line.contains("/libc.musl-"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** Of the jar that fits, for example {@code linux-x86_64}. */
    String classifier() {
        return os.label + "-" + arch;
    }
}
