package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.answers.Similarity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCommandTest {
    private static final Path TRUCK = Run.images().resolve("truck.png");

    @TempDir
    Path directory;

    @Test
    void findsACopyFirst() throws IOException {
        Files.copy(TRUCK, directory.resolve("copy.png"));
        Files.copy(Run.images().resolve("frog.png"), directory.resolve("frog.png"));
        Files.copy(Run.images().resolve("automobile.png"), directory.resolve("automobile.png"));

        List<JsonNode> found = Run.gatun("search", "--json", directory, TRUCK).json();

        assertThat(found)
                .extracting(one -> one.get("file").asText())
                .startsWith(directory.resolve("copy.png").toString())
                .hasSize(3);
        assertThat(found.get(0).get("similarity").asDouble()).isCloseTo(1, within(1e-6));
        assertThat(found.get(1).get("similarity").asDouble())
                .isLessThan(found.get(0).get("similarity").asDouble());
        assertThat(found.get(1).get("similarity").asDouble())
                .isGreaterThanOrEqualTo(found.get(2).get("similarity").asDouble());
    }

    @Test
    void comparesPooledFeatures() {
        JsonNode best = Run.gatun("search", "--json", "--top", 1, Run.images(), TRUCK)
                .json()
                .getFirst();
        assertThat(best.get("file").asText()).doesNotEndWith("truck.png");
        assertThat(best.get("similarity").asDouble())
                .isCloseTo(
                        Similarity.cosine(
                                features(TRUCK),
                                features(Path.of(best.get("file").asText()))),
                        within(1e-6));
    }

    @Test
    void tellsAtMostAsManyAsAsked() {
        Run run = Run.gatun("search", "--top", 2, Run.images(), TRUCK);
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(3);
        assertThat(run.out().lines().toList().get(1)).matches("  0\\.\\d{4}  .*");
    }

    @Test
    void leavesOutWhatIsNoImage() throws IOException {
        Files.copy(TRUCK, directory.resolve("a.png"));
        Files.writeString(directory.resolve("b.png"), "no image");
        Run run = Run.gatun("search", "--json", directory, TRUCK);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.json()).hasSize(1);
        assertThat(run.err()).contains("gatun search: ").contains("b.png: not a readable image");

        Run query = Run.gatun("search", "--json", Run.images(), directory.resolve("b.png"));
        assertThat(query.status()).isEqualTo(1);
        assertThat(query.out()).isEmpty();
        assertThat(Run.gatun("search", TRUCK, TRUCK).err()).contains("truck.png: not a directory");
    }

    private static float[] features(Path image) {
        JsonNode values =
                Run.gatun("features", image).json().getFirst().get("features").get("values");
        float[] features = new float[values.size()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) values.get(i).asDouble();
        }
        return features;
    }
}
