package dev.gatun.natives;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The libraries of one platform as they lie in a classifier jar. */
interface OneDnnPackage {
    /** The jar, for messages. */
    String origin();

    /** Opens a library by file name. The caller closes it. */
    InputStream open(String file) throws IOException;

    /** Folder of a platform's libraries in its jar. */
    static String folder(Platform platform) {
        return "dev/gatun/natives/" + platform.classifier() + "/";
    }

    /**
     * Finds the package: a resource of one of the class loaders, else a jar of that classifier on a path. The second
     * is for the module path, where nothing requires the jar's module, so that no class loader knows it.
     *
     * @param loaders in order of search; {@code null} elements are skipped
     * @param paths values of {@code jdk.module.path} and {@code java.class.path}
     */
    static Optional<OneDnnPackage> find(
            Platform platform, List<? extends @Nullable ClassLoader> loaders, List<String> paths) {
        String folder = folder(platform);
        for (ClassLoader loader : loaders) {
            URL onednn = loader == null ? null : loader.getResource(folder + platform.os().onednn);
            if (onednn != null) {
                return Optional.of(new Resources(onednn));
            }
        }
        return jars(platform, paths).stream().findFirst().map(jar -> new Jar(jar, folder));
    }

    private static List<Path> jars(Platform platform, List<String> paths) {
        Pattern name = Pattern.compile("gatun-native-.*-" + Pattern.quote(platform.classifier()) + "\\.jar");
        List<Path> jars = new ArrayList<>();
        for (String path : paths) {
            for (String entry : path.split(Pattern.quote(File.pathSeparator), -1)) {
                if (!entry.isEmpty()) {
                    collect(Path.of(entry), name, jars);
                }
            }
        }
        return jars;
    }

    private static void collect(Path entry, Pattern name, List<Path> jars) {
        if (Files.isDirectory(entry)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(entry, f -> matches(name, f))) {
                files.forEach(jars::add);
            } catch (IOException | DirectoryIteratorException e) {
                throw new NativeLoadException(entry + " cannot be read: " + NativeLoadException.reason(e), e);
            }
        } else if (matches(name, entry)) {
            jars.add(entry);
        }
    }

    private static boolean matches(Pattern name, Path file) {
        return name.matcher(String.valueOf(file.getFileName())).matches() && Files.isRegularFile(file);
    }

    /** A class loader's resources; the other libraries lie beside oneDNN. */
    record Resources(URL onednn) implements OneDnnPackage {
        @Override
        public String origin() {
            String url = onednn.toString();
            int entry = url.indexOf("!/");
            return entry < 0 ? url : url.substring(0, entry).replaceFirst("^jar:", "");
        }

        @Override
        public InputStream open(String file) throws IOException {
            String url = onednn.toString();
            URLConnection connection = URI.create(url.substring(0, url.lastIndexOf('/') + 1) + file)
                    .toURL()
                    .openConnection();
            // a cached JarFile would stay open, and on Windows locked, for the life of the JVM
            connection.setUseCaches(false);
            return connection.getInputStream();
        }
    }

    /** A jar that no class loader serves. */
    record Jar(Path jar, String folder) implements OneDnnPackage {
        @Override
        public String origin() {
            return jar.toString();
        }

        @Override
        public InputStream open(String file) throws IOException {
            ZipFile zip = new ZipFile(jar.toFile());
            try {
                ZipEntry entry = zip.getEntry(folder + file);
                if (entry == null) {
                    throw new FileNotFoundException("no entry " + folder + file);
                }
                return new FilterInputStream(zip.getInputStream(entry)) {
                    @Override
                    public void close() throws IOException {
                        zip.close(); // closes the entry's stream
                    }
                };
            } catch (IOException | RuntimeException e) {
                zip.close();
                throw e;
            }
        }
    }
}
