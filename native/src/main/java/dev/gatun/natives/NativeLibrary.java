package dev.gatun.natives;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The oneDNN that this JVM has loaded: at least version 3.13 and less than 4.
 *
 * <p>It is looked for in this order; a place that has it, but broken or for another machine, is an error and not passed
 * over:
 *
 * <ol>
 *   <li>the directory in the system property {@code gatun.native.dir}. Its files are trusted: their architecture and
 *       version are checked, their hash is not;
 *   <li>{@code gatun-native-<version>-<classifier>.jar}, as a resource of this class's, the context or the system class
 *       loader, else by its file name on the module path and class path. Its libraries must have the SHA-256 that this
 *       module knows, and are unpacked once into the {@linkplain CacheDirectory cache}. Only when the default cache is
 *       unusable (read-only, full, owned by others, no home) they go to a private directory under
 *       {@code java.io.tmpdir} that is deleted when the JVM ends; a directory given by {@code gatun.cache.dir} has no
 *       such substitute. A warm start compares size, times and inode with those of the verified file instead of hashing
 *       93 MB again;
 *   <li>the operating system's, as its dynamic loader finds it by name.
 * </ol>
 *
 * <p>Tested on linux-x86_64. The packages linux-arm64, macosx-arm64, macosx-x86_64 and windows-x86_64 are wired the same
 * way and untested; windows-x86_64 needs the Visual C++ runtime installed. The packaged Linux libraries need glibc 2.34.
 *
 * <p>Immutable and thread-safe.
 */
public final class NativeLibrary {
    /** System property that names a directory with oneDNN in it. */
    public static final String DIRECTORY = "gatun.native.dir";

    private static final Object LOCK = new Object();

    private static @Nullable NativeLibrary loaded;
    /** Of the class loader whose classes see the symbols; weak, since the library goes with it. */
    private static WeakReference<ClassLoader> owner = new WeakReference<>(null);

    private final LibraryFiles files;
    private final OneDnnProbe probe;
    private final Map<String, String> openmpEnvironment;

    private NativeLibrary(LibraryFiles files, OneDnnProbe probe, Map<String, String> openmpEnvironment) {
        this.files = files;
        this.probe = probe;
        this.openmpEnvironment = Collections.unmodifiableMap(new LinkedHashMap<>(openmpEnvironment));
    }

    /**
     * Finds, verifies and unpacks oneDNN, sets OpenMP's environment where the user has not, checks the version, and loads
     * it by calling {@code loader} with each file: the OpenMP runtime first where one is shipped, then oneDNN. Further
     * calls return the same library without calling {@code loader}; after a failure the next call tries again. Safe to
     * call from several threads.
     *
     * <p>A library's symbols are visible to the classes of one class loader, that of the class that calls
     * {@link System#load}. So {@code loader} must be made by the code that looks the symbols up:
     *
     * {@snippet :
     * NativeLibrary.load(path -> System.load(path.toString()));
     * }
     *
     * @param loader calls {@code System.load} with an absolute path
     * @return what was loaded
     * @throws NativeLoadException if there is no oneDNN, or it is corrupt, unfit for this machine, too old or too new, or
     *     cannot be unpacked, or another class loader has loaded it already, or native access is not enabled
     */
    public static NativeLibrary load(Consumer<Path> loader) {
        synchronized (LOCK) {
            ClassLoader caller = loader.getClass().getClassLoader();
            NativeLibrary library = loaded;
            if (library == null) {
                library = loadFirst(loader);
            } else if (!owner.refersTo(caller)) {
                // a class loader of its own needs the symbols too: the JVM allows it only once the first one is gone
                call(loader, library.files);
            }
            loaded = library;
            owner = new WeakReference<>(caller);
            return library;
        }
    }

    /** An interruption of before, which would close the files that are read, is for what the caller does next. */
    private static NativeLibrary loadFirst(Consumer<Path> loader) {
        boolean interrupted = Thread.interrupted();
        try {
            return locateAndLoad(loader);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static NativeLibrary locateAndLoad(Consumer<Path> loader) {
        Locator locator = Locator.current();
        try {
            // the arena holds the library open from the check of its version until the loader has it
            try (Arena arena = Arena.ofConfined()) {
                Optional<LibraryFiles> found = locator.find();
                Os os = locator.platform().os();
                Map<String, String> environment = OpenMpEnvironment.apply(
                        Machine.first(), System::getenv, (name, value) -> Posix.setEnvironment(os, name, value));
                LibraryFiles files = found.or(() -> SystemLibrary.find(os, arena))
                        .orElseThrow(() -> new NativeLoadException("oneDNN not found: " + locator.whyNotPackaged()
                                + "; the system's dynamic loader has no " + os.onednn + " either"));
                files.openmp().ifPresent(file -> open(file, arena, loader, files));
                OneDnnProbe probe = OneDnnProbe.of(open(files.onednn(), arena, loader, files), files.onednn());
                probe.version().requireSupported(files.onednn());
                call(loader, files);
                return new NativeLibrary(files, probe, environment);
            }
        } catch (IllegalCallerException e) {
            Module module = NativeLibrary.class.getModule();
            throw new NativeLoadException(
                    "Native access is not enabled: start Java with --enable-native-access="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED") + " (" + e.getMessage() + ")",
                    e);
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup open(Path file, Arena arena, Consumer<Path> loader, LibraryFiles files) {
        try {
            return SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalArgumentException e) {
            // this API does not say why, System.load does
            call(loader, files);
            throw new NativeLoadException(file + " cannot be opened", e);
        }
    }

    private static void call(Consumer<Path> loader, LibraryFiles files) {
        try {
            files.openmp().ifPresent(loader);
            loader.accept(files.onednn());
        } catch (UnsatisfiedLinkError e) {
            String message = String.valueOf(e.getMessage());
            throw new NativeLoadException(
                    message.contains("already loaded in another classloader")
                            ? files.onednn()
                                    + " is already loaded by another class loader of this JVM, which allows one"
                                    + " only: put Gatun's jars into a class loader that both have as parent"
                            : files.onednn() + " cannot be loaded: " + message + hint(message),
                    e);
        }
    }

    private static String hint(String message) {
        return message.contains("failed to map segment") || message.contains("Operation not permitted")
                ? " (a file system mounted noexec? set -D" + CacheDirectory.PROPERTY + " to a directory on another)"
                : "";
    }

    /** oneDNN's file, an absolute path. */
    public Path onednn() {
        return files.onednn();
    }

    /** The OpenMP runtime's file that lies beside oneDNN's; empty if the operating system's is used. */
    public Optional<Path> openmp() {
        return files.openmp();
    }

    /** Where the files were found. */
    public Source source() {
        return files.source();
    }

    /** What {@code dnnl_version} says. */
    public Version version() {
        return probe.version();
    }

    /** What runs the library's threads. */
    public CpuRuntime cpuRuntime() {
        return probe.cpuRuntime();
    }

    /** The OpenMP variables that were set before loading, in order; those that the user had set are not among them. */
    public Map<String, String> openmpEnvironment() {
        return openmpEnvironment;
    }

    @Override
    public String toString() {
        return "oneDNN %s (%s) from %s".formatted(version(), source(), onednn());
    }
}
