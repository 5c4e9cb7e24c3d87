package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {
    @TempDir
    private Path directory;

    @Test
    void imageNetHasAThousandDifferentNames() {
        Labels labels = Labels.imageNet();
        assertThat(labels.names())
                .hasSize(1000)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).isNotBlank().isEqualTo(name.strip()));
        assertThat(labels.of(0)).isEqualTo("tench");
        assertThat(labels.of(999)).isEqualTo("toilet tissue");
    }

    @Test
    void aFileHasOneNameALine() throws IOException {
        Path file = Files.writeString(directory.resolve("labels.txt"), "one\r\n two \nthree\n\n");
        assertThat(Labels.read(file, 3).names()).containsExactly("one", "two", "three");
        assertThatThrownBy(() -> Labels.read(file, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labels.txt has 3 lines, expected one for each of 4 classes");
    }

    @Test
    void aFileThatIsNoTextIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("labels.bin"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> Labels.read(file, 1)).hasMessageContaining("labels.bin is not UTF-8 text");
    }

    @Test
    void predictionsAreRankedAndEqualsKeepTheirOrder() {
        Labels labels = new Labels(List.of("a", "b", "c", "d"));
        List<Prediction> top = Prediction.top(new float[] {1, 3, 3, -1e30f}, labels, 9);
        assertThat(top).extracting(Prediction::label).containsExactly("b", "c", "a", "d");
        assertThat(top.get(0).probability()).isEqualTo(top.get(1).probability()).isBetween(0.46f, 0.47f);
        assertThat(top.get(3).probability()).isZero();
        assertThatThrownBy(() -> Prediction.top(new float[3], labels, 1)).hasMessageContaining("4 labels for 3 logits");
        assertThatThrownBy(() -> Prediction.top(new float[] {0, Float.NaN, 0, 0}, labels, 1))
                .hasMessageContaining("logit of class 1 is NaN")
                .hasMessageContaining("overflowed");
    }
}
