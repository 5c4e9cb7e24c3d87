package dev.gatun.natives;

import static dev.gatun.natives.NativeLibrary.DIRECTORY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files of an explicit directory or of a package, in this order. What is there but wrong is an error; the next
 * place is only looked at when there is nothing.
 *
 * @param platform what the files must fit
 * @param directory value of {@code gatun.native.dir}, empty if unset
 * @param loaders class loaders that may know a package
 * @param paths class path and module path, for a package that no loader knows
 */
record Locator(Platform platform, String directory, List<? extends @Nullable ClassLoader> loaders, List<String> paths) {
    static Locator current() {
        return new Locator(
                Platform.current(),
                System.getProperty(DIRECTORY, ""),
                Arrays.asList(
                        Locator.class.getClassLoader(),
                        Thread.currentThread().getContextClassLoader(),
                        ClassLoader.getSystemClassLoader()),
                List.of(System.getProperty("jdk.module.path", ""), System.getProperty("java.class.path", "")));
    }

    /**
     * The files, verified, and unpacked where they come from a package.
     *
     * @return empty if only a library of the system is left
     * @throws NativeLoadException if a place has them, but wrong
     */
    Optional<LibraryFiles> find() {
        if (!directory.isEmpty()) {
            return Optional.of(fromDirectory());
        }
        List<PackagedLibrary> libraries = PackagedLibrary.of(platform);
        if (libraries.isEmpty() || platform.musl()) {
            return Optional.empty();
        }
        return OneDnnPackage.find(platform, loaders, paths).map(source -> fromPackage(libraries, source));
    }

    /** Why there was no package, and what to do: for the message when the system has no oneDNN either. */
    String whyNotPackaged() {
        if (platform.musl()) {
            return "the packaged libraries need glibc and this JVM runs on musl libc (Alpine): use a glibc based image, or"
                    + " install oneDNN 3.13 for musl";
        }
        if (PackagedLibrary.of(platform).isEmpty()) {
            return "there is no package for " + platform.classifier() + ": build oneDNN 3.13 and set -D" + DIRECTORY;
        }
        return "no gatun-native-<version>-%s.jar is on the class path or module path: add it, or set -D%s"
                .formatted(platform.classifier(), DIRECTORY);
    }

    private LibraryFiles fromDirectory() {
        Path path;
        try {
            path = Path.of(directory).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new NativeLoadException(DIRECTORY + " is no valid path: " + e.getMessage(), e);
        }
        if (!Files.isDirectory(path)) {
            throw new NativeLoadException(DIRECTORY + " is " + path + ", which is not a directory");
        }
        Path onednn = path.resolve(platform.os().onednn);
        if (!Files.isRegularFile(onednn)) {
            throw new NativeLoadException(DIRECTORY + " is " + path + ", which has no file " + platform.os().onednn);
        }
        Optional<Path> openmp = platform.os().openmp.stream()
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
        openmp.ifPresent(file -> BinaryHeader.requireFits(file, platform));
        BinaryHeader.requireFits(onednn, platform);
        return new LibraryFiles(Source.DIRECTORY, openmp, onednn);
    }

    private LibraryFiles fromPackage(List<PackagedLibrary> libraries, OneDnnPackage source) {
        Path unpacked = unpack(libraries, source);
        List<Path> files = libraries.stream()
                .map(library -> unpacked.resolve(library.file()))
                .toList();
        return new LibraryFiles(
                Source.PACKAGED, files.size() > 1 ? Optional.of(files.getFirst()) : Optional.empty(), files.getLast());
    }

    private Path unpack(List<PackagedLibrary> libraries, OneDnnPackage source) {
        String trouble;
        Optional<Path> cache = CacheDirectory.locate();
        if (cache.isPresent()) {
            try {
                return new LibraryCache(cache.get()).unpacked(platform, libraries, source);
            } catch (IOException e) {
                trouble = "the cache " + cache.get() + " cannot be used (" + NativeLoadException.reason(e) + ")";
                if (CacheDirectory.isExplicit()) {
                    throw new NativeLoadException(
                            "oneDNN cannot be unpacked: " + trouble + ": set -D" + CacheDirectory.PROPERTY
                                    + " to a writable directory of your own",
                            e);
                }
            }
        } else {
            trouble = "the user has no home directory for a cache";
        }
        Path temporary = TemporaryCache.unpacked(platform, libraries, source, trouble);
        System.getLogger(Locator.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "{0}: oneDNN is unpacked to {1} until this JVM ends; set -D{2} to spare every start that",
                        trouble,
                        temporary,
                        CacheDirectory.PROPERTY);
        return temporary;
    }
}
