package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.ChildJvm.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real library in real JVMs. */
class NativeLibraryTest {
    private static final Platform PLATFORM = Platform.current();

    @TempDir
    static Path shared;

    private static Path unpackedByMaven = Path.of("");
    private static Path packageJar = Path.of("");

    @TempDir
    Path temp;

    @BeforeAll
    static void makePackage() throws IOException {
        assumeTrue(PLATFORM.os() == Os.LINUX, "file names and limits here are Linux's");
        unpackedByMaven = TestPackage.folder(PLATFORM);
        assumeTrue(Files.isDirectory(unpackedByMaven), "no oneDNN under target/onednn for " + PLATFORM.classifier());
        packageJar = TestPackage.jar(shared.resolve("gatun-native-0-" + PLATFORM.classifier() + ".jar"), PLATFORM);
    }

    private ChildJvm packaged() {
        return new ChildJvm().with(packageJar).property("gatun.cache.dir", temp.resolve("cache"));
    }

    @Test
    void unpacksIntoEmptyCacheAndReusesIt() throws Exception {
        Result first = packaged().run("load");
        assertThat(first.get("source")).isEqualTo("PACKAGED");
        assertThat(first.get("version")).isEqualTo("3.13.0");
        assertThat(first.get("runtime")).isEqualTo("OPENMP");
        assertThat(first.get("mapped")).isEqualTo("1");
        Path onednn = Path.of(first.get("onednn"));
        assertThat(onednn).startsWith(temp.resolve("cache/native"));
        Path directory = Objects.requireNonNull(onednn.getParent());
        assertThat(Path.of(first.get("openmp"))).isEqualTo(directory.resolve("libgomp.so.1"));
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(names(directory)).containsExactlyInAnyOrder("libdnnl.so.3", "libgomp.so.1", "verified", "lock");

        Object inode = Files.getAttribute(onednn, "unix:ino");
        Result second = packaged().run("load");
        assertThat(second.get("onednn")).isEqualTo(first.get("onednn"));
        assertThat(Files.getAttribute(onednn, "unix:ino")).isEqualTo(inode);
    }

    @Test
    void severalJvmsMayStartAtOnce() throws Exception {
        List<ChildJvm.Running> children = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            children.add(packaged().start("load"));
        }
        for (ChildJvm.Running child : children) {
            Result result = child.await();
            assertThat(result.get("version")).isEqualTo("3.13.0");
            assertThat(result.get("mapped")).isEqualTo("1");
        }
    }

    @Test
    void aThreadThatIsInterruptedLoadsAndStaysInterrupted() throws Exception {
        Result result = packaged().run("interrupted");
        assertThat(result.get("interrupted")).isEqualTo("true");
        assertThat(Path.of(result.get("onednn"))).startsWith(temp.resolve("cache/native"));
        assertThat(Objects.requireNonNull(Path.of(result.get("onednn")).getParent())
                        .resolve("verified"))
                .exists();
    }

    @Test
    void severalThreadsLoadOnce() throws Exception {
        assertThat(packaged().run("threads").get("mapped")).isEqualTo("1");
    }

    @Test
    void repairsTamperedCacheEvenWhenSizeAndModificationTimeAreForged() throws Exception {
        Path onednn = Path.of(packaged().run("load").get("onednn"));
        FileTime modified = Files.getLastModifiedTime(onednn);
        try (RandomAccessFile file = new RandomAccessFile(onednn.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int old = file.read();
            file.seek(file.length() / 2);
            file.write(~old);
        }
        Files.setLastModifiedTime(onednn, modified);

        assertThat(packaged().run("load").get("version")).isEqualTo("3.13.0");
        assertThat(Files.mismatch(onednn, unpackedByMaven.resolve("libdnnl.so.3")))
                .isEqualTo(-1);
    }

    @Test
    void repairsTruncatedCache() throws Exception {
        Path onednn = Path.of(packaged().run("load").get("onednn"));
        try (FileChannel file = FileChannel.open(onednn, StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }
        assertThat(packaged().run("load").get("version")).isEqualTo("3.13.0");
        assertThat(Files.size(onednn)).isEqualTo(Files.size(unpackedByMaven.resolve("libdnnl.so.3")));
    }

    @Test
    void findsPackageOnModulePathThoughNothingRequiresIt() throws Exception {
        Result result = packaged().onModulePath().run("load");
        assertThat(result.get("source")).isEqualTo("PACKAGED");
        assertThat(result.get("version")).isEqualTo("3.13.0");
    }

    @Test
    void fallsBackToTemporaryDirectoryWhenHomeIsUnusable() throws Exception {
        Path home = Files.createFile(temp.resolve("home-is-a-file"));
        Path tmp = Files.createDirectory(temp.resolve("tmp"));
        Result result = new ChildJvm()
                .with(packageJar)
                .property("user.home", home)
                .property("java.io.tmpdir", tmp)
                .environment("XDG_CACHE_HOME", "")
                .run("load");
        assertThat(result.get("onednn")).startsWith(tmp.toString());
        assertThat(result.text()).contains("cannot be used").contains("gatun.cache.dir");
        assertThat(tmp).isEmptyDirectory();
    }

    @Test
    void explicitCacheThatIsUnusableIsAnError() throws Exception {
        Path file = Files.createFile(temp.resolve("cache"));
        assertThat(packaged().run("load").error())
                .contains("NativeLoadException")
                .contains(file.toString())
                .contains("not a directory")
                .contains("gatun.cache.dir");
    }

    @Test
    void fullDiskEverywhereIsOneError() throws Exception {
        Path tmp = Files.createDirectory(temp.resolve("tmp"));
        Path caches = temp.resolve("caches");
        Result result = new ChildJvm()
                .with(packageJar)
                .property("java.io.tmpdir", tmp)
                .environment("XDG_CACHE_HOME", caches.toString())
                .limitFileSize(1000)
                .run("load");
        assertThat(result.error())
                .contains("oneDNN cannot be unpacked")
                .contains(caches.toString())
                .contains(tmp.toString())
                .contains("File too large");
        assertThat(tmp).isEmptyDirectory();
        try (Stream<Path> files = Files.walk(caches)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".tmp") || name.equals("libdnnl.so.3"));
        }
    }

    @Test
    void refusesCorruptJar() throws Exception {
        Path jar = shared.resolve("corrupt").resolve(packageJar.getFileName());
        Files.createDirectories(jar.getParent());
        Files.write(jar, new byte[1000]);
        Result result = new ChildJvm()
                .with(jar)
                .property("gatun.cache.dir", temp.resolve("cache"))
                .run("load");
        assertThat(result.error()).contains(jar + " is corrupt");
    }

    private static void assumeNoLibraryOfTheSystem() {
        try (Arena arena = Arena.ofConfined()) {
            assumeTrue(SystemLibrary.find(PLATFORM.os(), arena).isEmpty(), "this system has a oneDNN installed");
        }
    }

    @Test
    void missingPackageIsOneErrorThatSaysWhatToAdd() throws Exception {
        assumeNoLibraryOfTheSystem();
        Result result = new ChildJvm().property("gatun.cache.dir", temp).run("load");
        assertThat(result.error())
                .contains("gatun-native-<version>-" + PLATFORM.classifier() + ".jar")
                .contains("gatun.native.dir")
                .contains("libdnnl.so.3");
    }

    @Test
    void findsLibraryOfTheSystem() throws Exception {
        Result result = new ChildJvm()
                .environment("LD_LIBRARY_PATH", unpackedByMaven.toString())
                .run("load");
        assertThat(result.get("source")).isEqualTo("SYSTEM");
        assertThat(Path.of(result.get("onednn"))).isEqualTo(unpackedByMaven.resolve("libdnnl.so.3"));
        assertThat(result.get("mapped")).isEqualTo("1");
    }

    @Test
    void loadsFromExplicitDirectory() throws Exception {
        Result result =
                new ChildJvm().property("gatun.native.dir", unpackedByMaven).run("load");
        assertThat(result.get("source")).isEqualTo("DIRECTORY");
        assertThat(Path.of(result.get("openmp"))).isEqualTo(unpackedByMaven.resolve("libgomp.so.1"));
    }

    @Test
    void explicitDirectoryWithoutLibraryIsAnErrorThoughThereIsAPackage() throws Exception {
        assertThat(packaged().property("gatun.native.dir", temp).run("load").error())
                .contains(temp + ", which has no file libdnnl.so.3");
    }

    @Test
    void refusesLibraryThatIsNotOneDnn() throws Exception {
        Files.copy(unpackedByMaven.resolve("libgomp.so.1"), temp.resolve("libdnnl.so.3"));
        assertThat(new ChildJvm().property("gatun.native.dir", temp).run("load").error())
                .contains(temp.resolve("libdnnl.so.3") + " is not oneDNN: it has no function dnnl_version");
    }

    /** The dynamic loader itself would die of SIGBUS. */
    @Test
    void refusesTruncatedLibrary() throws Exception {
        byte[] whole = Files.readAllBytes(unpackedByMaven.resolve("libgomp.so.1"));
        for (int bytes : new int[] {0, 10, 100, 5000, whole.length / 2}) {
            Files.write(temp.resolve("libdnnl.so.3"), Arrays.copyOf(whole, bytes));
            assertThat(new ChildJvm()
                            .property("gatun.native.dir", temp)
                            .run("load")
                            .error())
                    .contains(temp.resolve("libdnnl.so.3") + " is truncated");
        }
    }

    /** A library that lacks a dependency stands for all that only the dynamic loader finds out. */
    @Test
    void saysWhyTheDynamicLoaderRefusedALibrary() throws Exception {
        byte[] library = Files.readAllBytes(unpackedByMaven.resolve("libgomp.so.1"));
        int name = new String(library, StandardCharsets.ISO_8859_1).indexOf("libc.so.6");
        library[name] = 'X';
        Files.write(temp.resolve("libdnnl.so.3"), library);
        assertThat(new ChildJvm().property("gatun.native.dir", temp).run("load").error())
                .contains(temp.resolve("libdnnl.so.3") + " cannot be loaded: ")
                .contains("Xibc.so.6");
    }

    @Test
    void refusesTooOldLibrary() throws Exception {
        patchVersion(3, 12);
        assertThat(new ChildJvm().property("gatun.native.dir", temp).run("load").error())
                .contains("libdnnl.so.3 is oneDNN 3.12.0, too old: expected at least 3.13 and less than 4.0");
    }

    @Test
    void refusesTooNewLibrary() throws Exception {
        patchVersion(4, 0);
        assertThat(new ChildJvm().property("gatun.native.dir", temp).run("load").error())
                .contains("libdnnl.so.3 is oneDNN 4.0.0, too new");
    }

    @Test
    void setsOpenMpEnvironmentBeforeLibgompReadsIt() throws Exception {
        Result result = packaged().environment("OMP_DISPLAY_ENV", "verbose").run("load");
        int usable = Machine.current().usableThreads();
        assertThat(result.text()).contains("GOMP_SPINCOUNT = '100000'").contains("OMP_NUM_THREADS = '" + usable + "'");
        assertThat(result.get("maxThreads")).isEqualTo(Integer.toString(usable));
    }

    @Test
    void leavesWhatTheUserSetForOpenMp() throws Exception {
        Result result = packaged()
                .environment("OMP_DISPLAY_ENV", "verbose")
                .environment("OMP_NUM_THREADS", "5")
                .environment("OMP_WAIT_POLICY", "PASSIVE")
                .run("load");
        assertThat(result.text()).contains("GOMP_SPINCOUNT = '0'");
        assertThat(result.get("maxThreads")).isEqualTo("5");
        assertThat(result.get("environment"))
                .isEqualTo(Map.of("OMP_DYNAMIC", "false").toString());
    }

    @Test
    void secondClassLoaderIsToldToShare() throws Exception {
        assertThat(packaged().run("reloaded").error())
                .contains("is already loaded by another class loader")
                .contains("parent");
    }

    @Test
    void failedLoadMayBeTriedAgain() throws Exception {
        assumeNoLibraryOfTheSystem();
        Result result = new ChildJvm()
                .property("gatun.cache.dir", temp.resolve("cache"))
                .run("retry", packageJar.toString());
        assertThat(result.get("first")).contains("oneDNN not found");
        assertThat(result.get("source")).isEqualTo("PACKAGED");
    }

    @Test
    void missingNativeAccessNamesTheFlag() throws Exception {
        assertThat(packaged().withoutNativeAccess().run("load").error())
                .contains("NativeLoadException")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    /** Copies the library with another version in its {@code dnnl_version_t}. */
    private void patchVersion(int major, int minor) throws IOException {
        Files.copy(unpackedByMaven.resolve("libgomp.so.1"), temp.resolve("libgomp.so.1"));
        Path copy = temp.resolve("libdnnl.so.3");
        Files.copy(unpackedByMaven.resolve("libdnnl.so.3"), copy);
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    file.map(FileChannel.MapMode.READ_WRITE, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i + 32 <= bytes.limit(); i += 8) {
                // major, minor, patch, cpu_runtime OMP, gpu_runtime OCL
                if (bytes.getInt(i) == 3
                        && bytes.getInt(i + 4) == 13
                        && bytes.getInt(i + 8) == 0
                        && bytes.getInt(i + 24) == 2
                        && bytes.getInt(i + 28) == 256) {
                    found.add(i);
                }
            }
            assertThat(found).hasSize(1);
            bytes.putInt(found.getFirst(), major).putInt(found.getFirst() + 4, minor);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
