package dev.gatun;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the classes of a network are called.
 *
 * @param names by index
 */
public record Labels(List<String> names) {
    /** Copies the names. */
    public Labels {
        names = List.copyOf(names);
    }

    /** {@code class 0}, {@code class 1} and so on, where nobody has said better. */
    public static Labels numbered(int classes) {
        return new Labels(
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList());
    }

    /**
     * The 1000 classes of ILSVRC 2012 as torchvision names them ({@code _IMAGENET_CATEGORIES} of its models/_meta.py).
     */
    public static Labels imageNet() {
        return ImageNet.LABELS;
    }

    private static final class ImageNet {
        static final String RESOURCE = "/dev/gatun/labels/imagenet.txt";
        static final Labels LABELS = read();

        private static Labels read() {
            try (InputStream in = Labels.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException("resource " + RESOURCE + " is missing from gatun-engine's jar");
                }
                return new Labels(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read resource " + RESOURCE, e);
            }
        }
    }

    /**
     * A text file, UTF-8, one name a line in the order of the classes.
     *
     * @throws IllegalArgumentException if it is not text, or has not {@code classes} lines
     * @throws IOException if it cannot be read
     */
    public static Labels read(Path file, int classes) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("labels file " + file + " is not UTF-8 text", e);
        }
        List<String> names = lines.stream().map(String::strip).toList();
        while (!names.isEmpty() && names.getLast().isEmpty()) {
            names = names.subList(0, names.size() - 1);
        }
        if (names.size() != classes) {
            throw new IllegalArgumentException("labels file " + file + " has " + names.size()
                    + " lines, expected one for each of " + classes + " classes");
        }
        return new Labels(names);
    }

    /** The name of a class. */
    public String of(int index) {
        return names.get(index);
    }

    /** The number of classes. */
    public int size() {
        return names.size();
    }
}
