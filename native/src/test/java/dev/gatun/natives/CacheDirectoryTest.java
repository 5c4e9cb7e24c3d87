package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {
    @Test
    void followsTheXdgSpecification() {
        assertThat(CacheDirectory.locate(Os.LINUX, "/var/x", "/home/u")).contains(Path.of("/var/x/gatun"));
        assertThat(CacheDirectory.locate(Os.LINUX, "relative", "/home/u")).contains(Path.of("/home/u/.cache/gatun"));
        assertThat(CacheDirectory.locate(Os.LINUX, "", "/home/u")).contains(Path.of("/home/u/.cache/gatun"));
    }

    @Test
    void knowsOtherSystemsFolders() {
        assertThat(CacheDirectory.locate(Os.MACOS, null, "/Users/u"))
                .contains(Path.of("/Users/u/Library/Caches/gatun"));
        assertThat(CacheDirectory.locate(Os.WINDOWS, null, "/u")).contains(Path.of("/u/AppData/Local/gatun"));
    }

    @Test
    void hasNoneWithoutHome() {
        assertThat(CacheDirectory.locate(Os.LINUX, null, "?")).isEmpty();
        assertThat(CacheDirectory.locate(Os.LINUX, null, "")).isEmpty();
    }
}
