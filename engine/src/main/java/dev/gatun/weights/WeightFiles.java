package dev.gatun.weights;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Opens weights files by what they contain. */
public final class WeightFiles {
    /** {@link WeightSource#container} of a Keras .h5 file. */
    public static final String KERAS = "Keras HDF5";

    private static final List<Container> CONTAINERS =
            List.of(new TorchZip(), new TorchLegacy(), new Safetensors(), new KerasH5(), new Npz());

    private record Lookalike(String start, String title) {
        boolean matches(FileBytes file) {
            return file.has(0, start.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** What people hand over by mistake; only names things in messages. */
    private static final List<Lookalike> LOOKALIKES = List.of(
            new Lookalike("PK\u0003\u0004", "a zip archive of something else (a .keras file: save the model as .h5)"),
            new Lookalike("version https://git-lfs", "a Git LFS pointer; the file itself was never fetched"),
            new Lookalike("\u0080\u0002", "a pickle that torch.save did not write"),
            new Lookalike("\u0080", "a pickle of a protocol that torch.save does not use"),
            new Lookalike("\u001f\u008b", "a gzip file"),
            new Lookalike("\u0089PNG", "a PNG image"),
            new Lookalike("\u00ff\u00d8\u00ff", "a JPEG image"),
            new Lookalike("<", "an HTML or XML page"));

    private WeightFiles() {}

    /**
     * Opens a weights file: safetensors, a torch checkpoint in the zip or the legacy format, Keras .h5, or NumPy .npz. The caller closes it.
     *
     * @throws WeightFormatException if the content is of no such kind, or malformed
     * @throws java.io.UncheckedIOException if the file does not exist or cannot be read
     */
    public static WeightSource open(Path path) {
        return open(FileBytes.open(path));
    }

    /**
     * Opens a weights file that is in memory already, such as a resource.
     *
     * @param origin what messages call it
     * @param content of the file; not copied
     * @throws WeightFormatException if the content is of no kind that can be read, or malformed
     */
    public static WeightSource open(String origin, byte[] content) {
        return open(FileBytes.of(origin, content));
    }

    private static WeightSource open(FileBytes file) {
        try {
            for (Container container : CONTAINERS) {
                if (container.recognises(file)) {
                    return container.read(file);
                }
            }
            throw file.malformed("is " + describe(file) + ", expected one of: "
                    + CONTAINERS.stream().map(Container::title).collect(Collectors.joining(", ")));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static String describe(FileBytes file) {
        if (file.size() == 0) {
            return "an empty file";
        }
        for (Lookalike lookalike : LOOKALIKES) {
            if (lookalike.matches(file)) {
                return lookalike.title();
            }
        }
        int shown = (int) Math.min(file.size(), 8);
        return "an unknown kind of file (" + file.size() + " bytes, starting with "
                + HexFormat.ofDelimiter(" ").formatHex(file.bytes(0, shown).array()) + ")";
    }
}
