package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {
    private static final Platform PLATFORM = new Platform(Os.LINUX, "x86_64", false);

    @TempDir
    Path root;

    private final Map<String, byte[]> entries = new HashMap<>();
    private int opened;
    private List<PackagedLibrary> libraries = List.of();

    /** Counts how often an entry is opened, so that the tests see when the cache unpacks. */
    private final OneDnnPackage source = new OneDnnPackage() {
        @Override
        public String origin() {
            return "test.jar";
        }

        @Override
        public InputStream open(String file) throws IOException {
            opened++;
            byte[] bytes = entries.get(file);
            if (bytes == null) {
                throw new FileNotFoundException("no entry " + file);
            }
            return new ByteArrayInputStream(bytes);
        }
    };

    @BeforeEach
    void fill() throws Exception {
        libraries = List.of(library("libgomp.so.1", "omp"), library("libdnnl.so.3", "onednn".repeat(50_000)));
    }

    private PackagedLibrary library(String file, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        entries.put(file, bytes);
        String sha =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        return new PackagedLibrary(file, sha, bytes.length);
    }

    private Path unpack() throws IOException {
        return new LibraryCache(root).unpacked(PLATFORM, libraries, source);
    }

    @Test
    void unpacksOnce() throws IOException {
        Path directory = unpack();
        assertThat(directory.resolve("libgomp.so.1")).hasBinaryContent(entries.get("libgomp.so.1"));
        assertThat(directory.resolve("libdnnl.so.3")).hasBinaryContent(entries.get("libdnnl.so.3"));
        assertThat(opened).isEqualTo(2);
        assertThat(unpack()).isEqualTo(directory);
        assertThat(opened).isEqualTo(2);
    }

    @Test
    void otherVersionLiesBeside() throws Exception {
        Path old = unpack();
        libraries = List.of(library("libdnnl.so.3", "newer"));
        Path directory = unpack();
        assertThat(directory).isNotEqualTo(old);
        assertThat(old.resolve("libgomp.so.1")).exists();
    }

    @Test
    void replacesOnlyTheFileThatChanged() throws IOException {
        Path directory = unpack();
        Files.writeString(directory.resolve("libgomp.so.1"), "evi");
        unpack();
        assertThat(directory.resolve("libgomp.so.1")).hasContent("omp");
        assertThat(opened).isEqualTo(3);
    }

    @Test
    void restoresDeletedFile() throws IOException {
        Path directory = unpack();
        Files.delete(directory.resolve("libdnnl.so.3"));
        unpack();
        assertThat(directory.resolve("libdnnl.so.3")).exists();
    }

    @Test
    void doesNotBelieveAStampThatNamesOtherFiles() throws IOException {
        Path directory = unpack();
        Files.writeString(directory.resolve("verified"), "libdnnl.so.3 verified, trust me\n");
        Files.writeString(directory.resolve("libgomp.so.1"), "evi");
        unpack();
        assertThat(directory.resolve("libgomp.so.1")).hasContent("omp");
    }

    @Test
    void touchedFileIsHashedButNotUnpackedAgain() throws IOException {
        Path directory = unpack();
        Files.setLastModifiedTime(directory.resolve("libdnnl.so.3"), FileTime.fromMillis(0));
        unpack();
        assertThat(opened).isEqualTo(2);
    }

    @Test
    void removesWhatAKilledProcessLeft() throws IOException {
        Path directory = unpack();
        Path leftover = Files.writeString(directory.resolve("libdnnl.so.3123.tmp"), "half");
        Files.delete(directory.resolve("verified"));
        unpack();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void refusesEntryWithAnotherHashAndKeepsNothingOfIt() throws IOException {
        entries.put("libdnnl.so.3", "0nednn".repeat(50_000).getBytes(StandardCharsets.UTF_8));
        assertCorrupt("has SHA-256", "expected " + libraries.get(1).sha256());
    }

    @Test
    void refusesTruncatedEntry() throws IOException {
        entries.put("libdnnl.so.3", new byte[10]);
        assertCorrupt("10 bytes read", "300000 bytes");
    }

    @Test
    void refusesOverlongEntryWithoutReadingItAll() throws IOException {
        entries.put("libgomp.so.1", new byte[1 << 20]);
        assertCorrupt("65536 bytes read", "(3 bytes)");
    }

    @Test
    void refusesPackageThatLacksAnEntry() throws IOException {
        entries.remove("libdnnl.so.3");
        assertCorrupt("libdnnl.so.3 cannot be read", "no entry libdnnl.so.3");
    }

    private void assertCorrupt(String... words) throws IOException {
        assertThatThrownBy(this::unpack)
                .isInstanceOf(NativeLoadException.class)
                .hasMessageStartingWith("test.jar is corrupt: ")
                .hasMessageContainingAll(words);
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(f -> f.getFileName().toString()))
                    .isSubsetOf("lock", "libgomp.so.1");
        }
    }

    @Test
    void refusesDirectoryThatOthersMayWriteTo() throws IOException {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(this::unpack)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("writable by other users (mode 777)");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path directory = unpack();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining("(mode 770)");
    }

    @Test
    void refusesDirectoryOfAnotherUser() throws IOException {
        Path directory = unpack();
        assumeTrue(Posix.effectiveUser() == 0, "only root can give a directory away");
        Files.setAttribute(directory, "unix:uid", 12345);
        assertThatThrownBy(this::unpack)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("belongs to user 12345, not to user 0");
    }

    @Test
    void saysThatAFileIsInTheWay() throws IOException {
        Files.createFile(root.resolve("native"));
        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining("is not a directory");
    }
}
