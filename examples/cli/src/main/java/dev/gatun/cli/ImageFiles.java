package dev.gatun.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The images that arguments mean. */
final class ImageFiles {
    /** Names that a directory's images end with; a file given by itself may have any, since its content decides. */
    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "bmp", "dib", "gif", "webp");

    private ImageFiles() {}

    /**
     * A directory's images by name, without its subdirectories and hidden files; any other argument is a file, whether it is
     * there or not.
     *
     * @throws CommandException if a directory has no image
     * @throws IOException if a directory cannot be read
     */
    static List<Path> of(List<Path> arguments) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path argument : arguments) {
            if (Files.isDirectory(argument)) {
                files.addAll(in(argument));
            } else {
                files.add(argument);
            }
        }
        return files;
    }

    private static List<Path> in(Path directory) throws IOException {
        List<Path> images = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, ImageFiles::isImage)) {
            entries.forEach(images::add);
        }
        if (images.isEmpty()) {
            throw new CommandException(directory + ": no images in this directory (names that end with ."
                    + String.join(", .", EXTENSIONS.stream().sorted().toList()) + ")");
        }
        images.sort(Comparator.comparing(image -> image.getFileName().toString()));
        return images;
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && EXTENSIONS.contains(extension) && Files.isRegularFile(file);
    }
}
