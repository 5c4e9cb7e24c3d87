package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.spec.InputFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Image files of a directory, listed with their classes in a table: a file name, a tab and the class index on each line.
 *
 * @param rows of the table
 * @param preprocessing of the images
 * @param decoding of the files
 */
record LabelledImages(List<Row> rows, Preprocessing preprocessing, DecodeOptions decoding) implements Samples {
    /** A file and its class. */
    record Row(Path file, int trueClass) {}

    /**
     * Reads a table.
     *
     * @throws CommandException if a line is not of that form, or a class is none of the model's
     */
    static LabelledImages read(Path directory, Path table, Model model, DecodeOptions decoding) throws IOException {
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
        return new LabelledImages(List.copyOf(rows), model.preprocessing(), decoding);
    }

    private static Row row(Path directory, Path table, int number, String line, int classes) {
        int tab = line.lastIndexOf('\t');
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

    @Override
    public Loader newLoader() {
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        return (index, src, byteOffset) -> {
            Row row = rows.get(index);
            preprocessor.apply(ImageDecoder.decode(row.file(), decoding), format(), src, byteOffset);
            return row.trueClass();
        };
    }
}
