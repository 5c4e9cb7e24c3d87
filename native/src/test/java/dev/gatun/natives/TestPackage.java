package dev.gatun.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes classifier jars; the build's own are packaged only after the tests. */
final class TestPackage {
    private TestPackage() {}

    /** Where the build unpacked oneDNN for the platform. */
    static Path folder(Platform platform) {
        return Path.of("target", "onednn", platform.classifier(), OneDnnPackage.folder(platform))
                .toAbsolutePath();
    }

    /** A jar with the platform's real libraries. */
    static Path jar(Path jar, Platform platform) throws IOException {
        List<PackagedLibrary> libraries = PackagedLibrary.of(platform);
        try (ZipOutputStream zip = open(jar)) {
            String manifest = "Manifest-Version: 1.0\nAutomatic-Module-Name: dev.gatun.natives.onednn.test\n";
            add(zip, "META-INF/MANIFEST.MF", manifest.getBytes(StandardCharsets.UTF_8));
            for (PackagedLibrary library : libraries) {
                add(
                        zip,
                        OneDnnPackage.folder(platform) + library.file(),
                        Files.readAllBytes(folder(platform).resolve(library.file())));
            }
        }
        return jar;
    }

    static ZipOutputStream open(Path jar) throws IOException {
        OutputStream out = Files.newOutputStream(jar);
        return new ZipOutputStream(out);
    }

    /** Stored, not deflated, to be quick. */
    static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
