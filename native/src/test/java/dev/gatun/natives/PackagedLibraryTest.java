package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackagedLibraryTest {
    @ParameterizedTest
    @CsvSource({"LINUX,x86_64", "LINUX,arm64", "MACOS,arm64", "MACOS,x86_64", "WINDOWS,x86_64"})
    void tableIsRightForEveryPlatformThatWasUnpacked(Os os, String arch) throws Exception {
        Platform platform = new Platform(os, arch, false);
        Path folder = TestPackage.folder(platform);
        assumeTrue(
                Files.isDirectory(folder),
                "not built: " + platform.classifier() + " (profile all-platforms builds it)");
        List<PackagedLibrary> libraries = PackagedLibrary.of(platform);
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            libraries.stream().map(PackagedLibrary::file).toList());
        }
        for (PackagedLibrary library : libraries) {
            Path file = folder.resolve(library.file());
            assertThat(sha256(file)).as(file.toString()).isEqualTo(library.sha256());
            assertThat(file).hasSize(library.bytes());
            BinaryHeader.requireFits(file, platform);
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
