package dev.gatun.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What has arrived of a download, and the entity tag of the version it is part of.
 *
 * @param path of the bytes
 * @param tagPath of the tag
 */
record PartialFile(Path path, Path tagPath) {
    /** How much can be continued: nothing without a tag, since the server may have another version by now. */
    long resumableBytes() throws IOException {
        return Files.exists(path) && !tag().isEmpty() ? Files.size(path) : 0;
    }

    /** The tag, or an empty string. */
    String tag() throws IOException {
        return Files.exists(tagPath) ? Files.readString(tagPath) : "";
    }

    /** Starts anew with the version of this tag; an empty or weak one, which does not promise equal bytes, is not kept. */
    void restart(String tag) throws IOException {
        delete();
        Files.createFile(path);
        if (tag.startsWith("\"")) {
            Files.writeString(tagPath, tag);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(tagPath);
        Files.deleteIfExists(path);
    }
}
