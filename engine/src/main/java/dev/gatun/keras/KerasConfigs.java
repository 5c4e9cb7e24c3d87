package dev.gatun.keras;

import dev.gatun.network.Network;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the configuration of a file that holds weights alone. */
public final class KerasConfigs {
    /** Directories with more files of JSON are no place for one model. */
    private static final int MAX_FILES = 64;

    private static final long MAX_BYTES = 1L << 24;

    private KerasConfigs() {}

    /**
     * A JSON file in the directory of {@code weights} that describes a network of exactly these tensors, if there is one. The first by name
     * where there are several.
     */
    public static Optional<Path> beside(Path weights, WeightSource source) {
        List<Path> candidates = new ArrayList<>();
        Path directory = weights.toAbsolutePath().getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : files) {
                if (candidates.size() < MAX_FILES && Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES) {
                    candidates.add(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A directory that cannot be listed holds no configuration that could be read.
            return Optional.empty();
        }
        return candidates.stream()
                .sorted(Comparator.naturalOrder())
                .filter(candidate -> describes(candidate, source))
                .findFirst();
    }

    private static boolean describes(Path candidate, WeightSource source) {
        try {
            KerasImporter.read(source, candidate.toString(), Files.readString(candidate));
            return true;
        } catch (IOException | WeightFormatException e) {
            return false;
        }
    }

    /**
     * The network of a configuration file and its weights.
     *
     * @param source is read until the result is closed, which closes it
     * @throws WeightFormatException as {@link KerasImporter#read(WeightSource, String, String)} does
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Network read(WeightSource source, Path config) {
        try {
            return KerasImporter.read(source, config.toString(), Files.readString(config));
        } catch (IOException e) {
            throw new UncheckedIOException("configuration " + config + " cannot be read: " + e, e);
        }
    }
}
