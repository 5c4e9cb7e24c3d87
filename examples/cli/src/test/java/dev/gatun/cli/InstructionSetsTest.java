package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One quantised file on all instruction sets that can run here: right answers on 5,000 real images, computed as users do. */
class InstructionSetsTest {
    private static final Path DATA =
            Path.of(System.getProperty("gatun.test.shared", "")).resolve("data/cifar10");
    private static final List<String> ISAS = List.of("AVX2", "AVX512_CORE", "AVX512_CORE_VNNI", "DEFAULT");
    private static final int IMAGES = 5000;

    @TempDir
    Path directory;

    @Test
    void theAccuracyOfAFileIsMuchTheSameOnAll() throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(DATA), "the shared test data is not at " + DATA + " (property gatun.test.shared)");
        Path file = directory.resolve("int8.safetensors");
        Run quantize = Run.gatun(
                "quantize",
                "--model",
                "resnet20-cifar10",
                "--calibration",
                DATA.resolve("calibration_2000.bin"),
                "--images",
                240,
                "--out",
                file);
        assertThat(quantize.status()).as(quantize.err()).isZero();
        int f32 = right(Map.of(), "--model", "resnet20-cifar10");
        Map<String, Integer> int8 = new LinkedHashMap<>();
        for (String isa : ISAS) {
            int8.put(isa, right(Map.of("ONEDNN_MAX_CPU_ISA", isa), "--weights", file));
        }
        System.out.printf("of %d images right: f32 %d, int8 %s%n", IMAGES, f32, int8);
        int least = Collections.min(int8.values());
        int most = Collections.max(int8.values());
        // 0.1 points among instruction sets, 0.2 points from f32
        assertThat(most - least).as("spread of %s", int8).isLessThanOrEqualTo(IMAGES / 1000);
        assertThat(least).isGreaterThanOrEqualTo(f32 - IMAGES / 500);
    }

    private static int right(Map<String, String> environment, Object... model)
            throws IOException, InterruptedException {
        Object[] arguments = {"evaluate", model[0], model[1], "--cifar10", DATA.resolve("test_first5000.bin"), "--json"
        };
        Run run = GatunProcess.run(environment, List.of("-Dgatun.cache=off"), arguments);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().getFirst().get("images").asInt()).isEqualTo(IMAGES);
        return run.json().getFirst().get("top1").asInt();
    }
}
