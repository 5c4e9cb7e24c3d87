package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.image.Crops;
import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Image files of known class.
 *
 * @param rows in order
 * @param preprocessing of the images
 * @param crops of each that are loaded
 * @param decoding of the files
 */
record LabelledImages(List<Row> rows, Preprocessing preprocessing, Crops crops, DecodeOptions decoding)
        implements Samples {
    /** A file and its class. */
    record Row(Path file, int trueClass) {}

    /**
     * The images of a directory with a sub-directory for each class, in the order of their names, as torchvision's {@code ImageFolder} has
     * it: for ImageNet's synsets that is the order of the classes.
     *
     * @throws CommandException if there are not as many sub-directories as classes, or one has no image
     */
    static LabelledImages folders(Path directory, Model model, Crops crops, DecodeOptions decoding) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".")) {
                    folders.add(entry);
                }
            }
        }
        folders.sort(Comparator.comparing(folder -> folder.getFileName().toString()));
        if (folders.size() != model.classes()) {
            throw new CommandException(
                    directory + ": " + folders.size() + " sub-directories, expected one for each of the "
                            + model.classes() + " classes of " + model.name());
        }
        List<Row> rows = new ArrayList<>();
        for (int index = 0; index < folders.size(); index++) {
            for (Path file : ImageFiles.of(List.of(folders.get(index)))) {
                rows.add(new Row(file, index));
            }
        }
        return new LabelledImages(List.copyOf(rows), model.preprocessing(), crops, decoding);
    }

    /**
     * Images that a table lists: a file name, a tab, or a space as in Caffe's val.txt, and the class index on each line.
     *
     * @throws CommandException if a line is not of that form, or a class is none of the model's
     */
    static LabelledImages read(Path directory, Path table, Model model, Crops crops, DecodeOptions decoding)
            throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandException(directory + ": not a directory");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(table);
        } catch (CharacterCodingException e) {
            throw new CommandException(table + ": not UTF-8 text", e);
        }
        int classes = model.classes();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(row(directory, table, i + 1, lines.get(i), classes));
            }
        }
        if (rows.isEmpty()) {
            throw new CommandException(table + ": no lines, expected FILE<tab>CLASS on each");
        }
        return new LabelledImages(List.copyOf(rows), model.preprocessing(), crops, decoding);
    }

    private static Row row(Path directory, Path table, int number, String line, int classes) {
        int tab = line.indexOf('\t') < 0 ? line.stripTrailing().lastIndexOf(' ') : line.lastIndexOf('\t');
        try {
            int trueClass = Integer.parseInt(line.substring(tab + 1).strip());
            if (tab > 0 && trueClass >= 0 && trueClass < classes) {
                return new Row(directory.resolve(line.substring(0, tab)), trueClass);
            }
        } catch (IllegalArgumentException e) {
            // no number, or no path: told below
        }
        throw new CommandException(table + ": line " + number + " is '" + line
                + "', expected FILE<tab>CLASS with a class" + " of 0 to " + (classes - 1));
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public InputFormat format() {
        return InputFormat.U8_NHWC;
    }

    /** Reads an image as it is. */
    RgbImage decode(int index) throws IOException {
        return ImageDecoder.decode(rows.get(index).file(), decoding);
    }

    int trueClass(int index) {
        return rows.get(index).trueClass();
    }

    @Override
    public Loader newLoader() {
        CropWriter writer = new CropWriter(preprocessing, crops, format());
        return (index, src, byteOffset) -> {
            writer.write(decode(index), src, byteOffset);
            return trueClass(index);
        };
    }
}
