package dev.gatun.natives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Small text files of {@code /proc} and {@code /sys}. Containers hide many of them, so each may be missing.
 *
 * @param root directory that stands for {@code /}
 */
record KernelFiles(Path root) {
    /** A whole file without white space around; empty if it cannot be read. */
    Optional<String> text(String path) {
        try {
            String relative = path.startsWith("/") ? path.substring(1) : path;
            // not UTF-8: a malformed byte, say in a cgroup's name, must not cost us the whole file
            return Optional.of(Files.readString(root.resolve(relative), StandardCharsets.ISO_8859_1)
                    .strip());
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** The value of the first {@code key: value} line with the key. */
    Optional<String> value(String path, String key) {
        return value(lines(path), key);
    }

    static Optional<String> value(List<String> lines, String key) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon >= 0 && line.substring(0, colon).strip().equals(key)) {
                return Optional.of(line.substring(colon + 1).strip());
            }
        }
        return Optional.empty();
    }

    /** Numbers {@code N} of a directory's entries {@code <prefix>N}, ascending. */
    List<Integer> numbered(String directory, String prefix) {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory), prefix + "*")) {
            for (Path entry : entries) {
                String digits = entry.getFileName().toString().substring(prefix.length());
                if (!digits.isEmpty() && digits.chars().allMatch(Character::isDigit)) {
                    numbers.add(Integer.parseInt(digits));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return numbers.stream().sorted().toList();
    }

    /** A list such as {@code 0-3,8,10-11}; empty if the file is missing or holds something else. */
    BitSet cpus(String path) {
        return text(path).map(KernelFiles::parseCpus).orElseGet(BitSet::new);
    }

    static BitSet parseCpus(String list) {
        BitSet cpus = new BitSet();
        try {
            for (String range : list.split(",", -1)) {
                if (!range.isBlank()) {
                    int dash = range.indexOf('-');
                    int first = Integer.parseInt((dash < 0 ? range : range.substring(0, dash)).strip());
                    int last = dash < 0
                            ? first
                            : Integer.parseInt(range.substring(dash + 1).strip());
                    cpus.set(first, last + 1);
                }
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return new BitSet();
        }
        return cpus;
    }
}
