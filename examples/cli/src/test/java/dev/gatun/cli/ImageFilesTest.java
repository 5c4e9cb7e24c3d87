package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
    @TempDir
    Path directory;

    @Test
    void listsTheImagesOfADirectoryByName() throws IOException {
        for (String name : List.of("b.PNG", "a.jpeg", "c.webp", "notes.txt", ".hidden.png", "d.jpg.bak")) {
            Files.createFile(directory.resolve(name));
        }
        Files.createDirectories(directory.resolve("folder.png/inner"));
        Files.createFile(directory.resolve("folder.png/inner.png"));

        assertThat(ImageFiles.of(List.of(directory)))
                .containsExactly(directory.resolve("a.jpeg"), directory.resolve("b.PNG"), directory.resolve("c.webp"));
    }

    @Test
    void takesAFileUnderAnyName() throws IOException {
        Path file = directory.resolve("notes.txt");

        assertThat(ImageFiles.of(List.of(file, file))).containsExactly(file, file);
    }

    @Test
    void refusesADirectoryWithoutImages() {
        assertThatThrownBy(() -> ImageFiles.of(List.of(directory)))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith(directory + ": no images in this directory");
    }
}
