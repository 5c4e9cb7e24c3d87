package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "Linux,amd64,linux-x86_64,2",
        "Linux,aarch64,linux-arm64,2",
        "Mac OS X,aarch64,macosx-arm64,2",
        "Mac OS X,x86_64,macosx-x86_64,2",
        "Windows Server 2022,amd64,windows-x86_64,1",
        "Linux,riscv64,linux-riscv64,0",
        "Windows 11,aarch64,windows-arm64,0"
    })
    void namesClassifierAndItsLibraries(String os, String arch, String classifier, int libraries) {
        Platform platform = Platform.of(os, arch, root);
        assertThat(platform.classifier()).isEqualTo(classifier);
        List<PackagedLibrary> packaged = PackagedLibrary.of(platform);
        assertThat(packaged).hasSize(libraries).allSatisfy(library -> {
            assertThat(library.sha256()).matches("[0-9a-f]{64}");
            assertThat(library.bytes()).isGreaterThan(100_000);
        });
        if (libraries > 0) {
            assertThat(packaged.getLast().file()).isEqualTo(platform.os().onednn);
        }
    }

    @Test
    void refusesOtherSystems() {
        assertThatThrownBy(() -> Platform.of("FreeBSD", "amd64", root))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContaining("FreeBSD");
    }

    @Test
    void knowsMuslByWhatIsMapped() throws IOException {
        maps("7f0000000000-7f0000001000 r-xp 00000000 00:00 1  /lib/ld-musl-x86_64.so.1\n");
        assertThat(Platform.of("Linux", "amd64", root).musl()).isTrue();
        maps("7f0000000000-7f0000001000 r-xp 00000000 00:00 1  /usr/lib/x86_64-linux-gnu/libc.so.6\n");
        assertThat(Platform.of("Linux", "amd64", root).musl()).isFalse();
    }

    @Test
    void thisBuildRunsOnGlibc() {
        assertThat(Platform.current().musl()).isFalse();
    }

    @Test
    void onMuslOrUnknownMachinesNoPackageIsUsedAndTheReasonIsSaid() {
        Locator musl = new Locator(new Platform(Os.LINUX, "x86_64", true), "", List.of(), List.of());
        assertThat(musl.find()).isEqualTo(Optional.empty());
        assertThat(musl.whyNotPackaged()).contains("musl").contains("glibc");
        Locator riscv = new Locator(new Platform(Os.LINUX, "riscv64", false), "", List.of(), List.of());
        assertThat(riscv.find()).isEqualTo(Optional.empty());
        assertThat(riscv.whyNotPackaged()).contains("linux-riscv64").contains("gatun.native.dir");
    }

    private void maps(String text) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/maps"), text);
    }
}
