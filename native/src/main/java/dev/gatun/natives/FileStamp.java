package dev.gatun.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * What the file system says about a file that changes with every write, truncation or replacement: size, modification time, change time and
 * inode. No program can set the change time, so a file of the same stamp has the same content, but for damage below the file system.
 * Where there are no inodes (Windows) it is size, modification time and creation time. Immutable.
 *
 * @param text of one line, to be kept and compared
 */
public record FileStamp(String text) {
    /**
     * The stamp of a file as it is now.
     *
     * @throws IOException if there is no such file, or it cannot be looked at
     */
    public static FileStamp of(Path file) throws IOException {
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
        String attributes = unix ? "unix:size,lastModifiedTime,ctime,ino" : "size,lastModifiedTime,creationTime";
        return new FileStamp(new TreeMap<>(Files.readAttributes(file, attributes)).toString());
    }
}
