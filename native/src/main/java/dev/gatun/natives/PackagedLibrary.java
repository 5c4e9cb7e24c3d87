package dev.gatun.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A library of a classifier jar as {@code libraries.properties} knows it; nothing else is ever unpacked and loaded.
 *
 * @param file file name
 * @param sha256 lower-case hex digest of the file
 * @param bytes size of the file
 */
record PackagedLibrary(String file, String sha256, long bytes) {
    private static final String TABLE = "libraries.properties";

    /** In loading order: the OpenMP runtime where there is one, then oneDNN. Empty if the platform has no package. */
    static List<PackagedLibrary> of(Platform platform) {
        Properties table = new Properties();
        try (InputStream in = PackagedLibrary.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new NativeLoadException("gatun-native's jar is incomplete: it has no " + TABLE);
            }
            table.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> names = new ArrayList<>(platform.os().openmp);
        names.add(platform.os().onednn);
        List<PackagedLibrary> libraries = new ArrayList<>();
        for (String name : names) {
            String row = table.getProperty(platform.classifier() + "/" + name);
            if (row != null) {
                int space = row.indexOf(' ');
                libraries.add(new PackagedLibrary(
                        name, row.substring(0, space), Long.parseLong(row, space + 1, row.length(), 10)));
            }
        }
        return List.copyOf(libraries);
    }
}
