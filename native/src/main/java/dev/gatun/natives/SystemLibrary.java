package dev.gatun.natives;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** oneDNN of the operating system, where its dynamic loader finds it. */
@SuppressWarnings("restricted")
final class SystemLibrary {
    private SystemLibrary() {}

    /**
     * Asks the dynamic loader, and by {@code dladdr} which file it took, since {@link System#load} wants a path.
     *
     * @param arena keeps the library open, so that the file found is the file loaded
     */
    static Optional<LibraryFiles> find(Os os, Arena arena) {
        Optional<Path> file = os == Os.WINDOWS ? onPath(os.onednn) : byLoader(os.onednn, arena);
        return file.map(onednn -> new LibraryFiles(Source.SYSTEM, Optional.empty(), onednn));
    }

    private static Optional<Path> byLoader(String name, Arena arena) {
        SymbolLookup lookup;
        try {
            lookup = SymbolLookup.libraryLookup(name, arena);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Posix.fileOf(OneDnnProbe.symbol(lookup, name))
                .map(file -> Path.of(file).toAbsolutePath());
    }

    /** Windows has no {@code dladdr}; its loader looks into the directories of {@code PATH} last. */
    private static Optional<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String directory : path.split(Pattern.quote(File.pathSeparator), -1)) {
            try {
                Path file = Path.of(directory, name);
                if (file.isAbsolute() && Files.isRegularFile(file)) {
                    return Optional.of(file);
                }
            } catch (InvalidPathException e) {
                // no path on this system, and so none for the loader
            }
        }
        return Optional.empty();
    }
}
