package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareOptionsTest {
    private static CompareOptions parse(String... arguments) {
        return CompareOptions.parse(List.of(arguments), Path.of("results"));
    }

    @Test
    void everybodyRunsThreeDepthsByDefault() {
        CompareOptions options = parse();
        assertThat(options.models()).containsExactly("resnet18", "resnet50", "resnet152");
        assertThat(options.contestants()).containsExactlyInAnyOrder(Contestant.values());
        assertThat(options.out()).isEqualTo(Path.of("results"));
        assertThat(options.weightsOf("resnet50")).isEqualTo(Job.RANDOM);
    }

    @Test
    void readsModelsWithTheirWeights() {
        CompareOptions options =
                parse("resnet50=w.pth", "resnet18", "--only", "gatun,djl", "--rounds", "3", "--out", "x");
        assertThat(options.models()).containsExactly("resnet50", "resnet18");
        assertThat(options.weightsOf("resnet50")).isEqualTo("w.pth");
        assertThat(options.weightsOf("resnet18")).isEqualTo(Job.RANDOM);
        assertThat(options.contestants()).containsExactlyInAnyOrder(Contestant.GATUN, Contestant.DJL);
        assertThat(parse("--batches", "8,1").batches()).containsExactly(1, 8);
        assertThat(options.batches()).containsExactly(1, 2, 4, 8);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.out()).isEqualTo(Path.of("x"));
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> parse("--rounds", "0")).hasMessageContaining("positive number, found 0");
        assertThatThrownBy(() -> parse("--batches", "1,,4")).hasMessageContaining("positive number, found ");
        assertThatThrownBy(() -> parse("--rounds")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> parse("--only", "caffe")).hasMessageContaining("found caffe");
        assertThatThrownBy(() -> parse("--fast")).hasMessageContaining("unknown option --fast");
    }
}
