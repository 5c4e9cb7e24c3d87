package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command as {@code ./gatun} does, in a process of its own. */
class ProcessTest {
    /** Nobody listens there, so that no test uses the network. */
    private static final List<String> NO_NETWORK =
            List.of("-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=1", "-Dhttp.nonProxyHosts=");

    @TempDir
    Path directory;

    @Test
    void classifiesWithTheBundledModel() throws Exception {
        Run run = GatunProcess.run(
                Map.of(),
                List.of(),
                "classify",
                "--json",
                Run.images().resolve("ship.png").toString());

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().getFirst().get("top").get(0).get("label").asText())
                .isEqualTo("ship");
    }

    @Test
    void printsAsciiWhereTheLocaleHasNothingElse() throws Exception {
        Run run = GatunProcess.run(
                Map.of(),
                List.of("-Dstdout.encoding=US-ASCII"),
                "classify",
                "--top",
                "1",
                Run.images().resolve("ship.png").toString());

        assertThat(run.out()).contains("  ####################  ship");
    }

    @Test
    void tellsWhatToDownloadWhereThereIsNoNetwork() throws Exception {
        List<String> options = new ArrayList<>(NO_NETWORK);
        options.add("-Dgatun.cache.dir=" + directory);

        Run run = GatunProcess.run(
                Map.of(),
                options,
                "classify",
                "--model",
                "resnet18",
                Run.images().toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(2);
        assertThat(run.errorLines().getLast())
                .startsWith("gatun classify: cannot get the weights resnet18/IMAGENET1K_V1: ")
                .contains("resnet18-f37072fd.pth", "put it at " + directory);
    }

    @Test
    void prefersTheBiggerModelWhoseWeightsAreCached() throws Exception {
        Path weights = Files.createDirectories(directory.resolve("weights"));
        Files.writeString(weights.resolve("resnet50-11ad3fa6.pth"), "not those weights");

        Run run = GatunProcess.run(
                Map.of(),
                List.of("-Dgatun.cache.dir=" + directory),
                "classify",
                Run.images().toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("resnet50/IMAGENET1K_V2", "its SHA-256 is");
    }

    @Test
    void tellsThatStdoutIsFull() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no " + full);
        Process process = GatunProcess.builder(List.of(), "models")
                .redirectOutput(full.toFile())
                .start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err.strip()).isEqualTo("gatun: cannot write to standard output: No space left on device");
    }
}
