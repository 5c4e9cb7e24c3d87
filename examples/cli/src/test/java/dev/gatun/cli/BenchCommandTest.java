package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.natives.Machine;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed; how fast anything is, is not tested. */
class BenchCommandTest {
    private static final int USABLE = Machine.current().usableThreads();

    private static JsonNode bench(Object... arguments) {
        Object[] all = new Object[arguments.length + 6];
        System.arraycopy(
                new Object[] {"bench", "--model", "resnet20-cifar10", "--seconds", 0.05, "--json"}, 0, all, 0, 6);
        System.arraycopy(arguments, 0, all, 6, arguments.length);
        Run run = Run.gatun(all);
        assertThat(run.status()).as(run.err()).isZero();
        return run.json().getFirst();
    }

    @Test
    void latencyIsThatOfOneStream() {
        JsonNode result = bench();

        assertThat(result.get("scenario").asText()).isEqualTo("latency");
        assertThat(result.get("batch").asInt()).isEqualTo(1);
        assertThat(result.get("streams").asInt()).isEqualTo(1);
        assertThat(result.get("threads").asInt()).isEqualTo(1);
        assertThat(result.get("count").asInt()).isPositive();
        double median = result.get("medianMs").asDouble();
        assertThat(median).isPositive();
        assertThat(result.get("p90Ms").asDouble()).isGreaterThanOrEqualTo(median);
        assertThat(result.get("p99.9Ms").asDouble())
                .isGreaterThanOrEqualTo(result.get("p99Ms").asDouble());
        // 0.0406 G multiply-accumulates an image
        assertThat(result.get("gmacPerSecond").asDouble()
                        / result.get("imagesPerSecond").asDouble())
                .isBetween(0.0405, 0.0416);
        assertThat(result.get("oneDnn").asText()).startsWith("3.");
        assertThat(result.get("isa").asText()).isNotEmpty();
        assertThat(result.get("placement").asText()).startsWith("1 stream x 1 thread: ");
        assertThat(result.get("src").asText()).isEqualTo("[1, 3, 32, 32]");
        assertThat(result.get("input").asText()).isEqualTo("F32_NCHW");
        assertThat(result.get("seconds").asDouble()).isEqualTo(0.05);
        assertThat(result.get("tunedLayers").isInt()).isTrue();
        assertThat(result.get("os").asText()).startsWith(System.getProperty("os.name"));
        assertThat(Instant.parse(result.get("date").asText())).isBefore(Instant.now());
        assertThat(result.get("gatun").asText()).isNotEmpty();
    }

    @Test
    void tilesTellHowOftenTheyFoundTheirCoreShared() {
        Run run = Run.gatun(
                "bench",
                "--model",
                "resnet18",
                "--weights",
                "random",
                "--precision",
                "bf16",
                "--seconds",
                0.2,
                "--threads",
                1,
                "--json");
        JsonNode result = run.json().getFirst();

        assertThat(run.status()).as(run.err()).isZero();
        assumeTrue(
                result.get("isa").asText().endsWith("AMX"),
                () -> "skipped: no tiles on " + result.get("isa").asText());
        assertThat(result.get("coreSharedPercent").asDouble()).isBetween(0.0, 100.0);
        if (result.has("aloneCount")) {
            assertThat(result.get("aloneCount").asInt())
                    .isBetween(1, result.get("count").asInt());
            assertThat(result.get("aloneP99Ms").asDouble())
                    .isGreaterThanOrEqualTo(result.get("aloneMedianMs").asDouble());
        }
    }

    @Test
    void throughputUsesEveryCore() {
        JsonNode result = bench("--scenario", "throughput", "--batch", 2);

        assertThat(result.get("streams").asInt()).isEqualTo(USABLE);
        assertThat(result.get("batch").asInt()).isEqualTo(2);
        assertThat(result.get("imagesPerSecondPerCore").asDouble()
                        * USABLE
                        / result.get("imagesPerSecond").asDouble())
                .isBetween(0.99, 1.01);
    }

    @Test
    void aServerTriesTheRateItIsGiven() {
        JsonNode result = bench("--scenario", "server", "--qps", 40, "--streams", 1);

        assertThat(result.get("qps").asDouble()).isEqualTo(40);
        assertThat(result.get("count").asInt()).isEqualTo(2);
        assertThat(result.get("refused").asInt()).isZero();
        assertThat(result.get("seed").asLong()).isEqualTo(1);
        assertThat(result.get("maxDelayMs").asDouble()).isEqualTo(1);
        assertThat(result.get("boundMs").asDouble()).isEqualTo(15);
        assertThat(result.has("bears")).isTrue();
    }

    /** No server bears a thousand times what it can do, but it answers all that it has room for. */
    @Test
    void aRateThatIsTooHighIsTriedForTheWholeTime() {
        JsonNode result = bench("--scenario", "server", "--qps", 1e6, "--streams", 1);

        assertThat(result.get("bears").asBoolean()).isFalse();
        assertThat(result.get("count").asInt() + result.get("refused").asInt()).isEqualTo(50_000);
    }

    @Test
    void aSearchSaysHowLongItMayTake() {
        Run run = Run.gatun(
                "bench",
                "--model",
                "resnet20-cifar10",
                "--scenario",
                "server",
                "--seconds",
                0.05,
                "--streams",
                1,
                "--json");

        assertThat(run.err())
                .startsWith("up to 7 rates, each tried for about 0.05 s until two tries agree: at most 1.1 s");
        assumeTrue(run.status() == 0, () -> "skipped: " + run.err());
        JsonNode result = run.json().getFirst();
        assertThat(result.get("bears").asBoolean()).isTrue();
        assertThat(result.get("tries").asInt()).isBetween(2, 21);
        assertThat(result.get("mostSearchSeconds").asDouble()).isEqualTo(1.05);
    }

    /** Weights that nobody quantised are, since the time does not depend on their ranges. */
    @Test
    void timesInt8OfAnyWeights() {
        JsonNode result = bench("--precision", "int8");

        assertThat(result.get("weights").asText()).endsWith(", quantised by drawn images");
        assertThat(result.get("precision").asText()).isEqualTo("int8");
        assertThat(result.get("imagesPerSecond").asDouble()).isPositive();
    }

    @Test
    void printsForPeople() {
        Run run = Run.gatun("bench", "--model", "resnet20-cifar10", "--seconds", 0.01, "--threads", 1);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .startsWith("resnet20-cifar10 with weights bundled, f32, latency: batch 1, 1 stream x 1 thread")
                .anyMatch(line -> line.matches(" {2}median +[0-9.]+ ms"))
                .anyMatch(line -> line.matches(" {2}images/s/core +[0-9.]+"))
                .anyMatch(line -> line.matches(" {2}oneDNN +3\\..*"));
    }

    @Test
    void refusesWhatMakesNoSense() {
        refuses("--seconds is 0.0", "--seconds", 0);
        refuses("--qps goes with --scenario server", "--qps", 10);
        refuses("--qps is -1.0", "--scenario", "server", "--qps", -1);
        refuses("--max-delay is -2.0", "--max-delay", -2);
        refuses("--scenario", "--scenario", "offline");
    }

    private static void refuses(String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Run run = Run.gatun(all);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains(message);
    }

    @Test
    void moreThanTheProcessCanUseIsRefused() {
        for (List<Object> command : List.<List<Object>>of(
                List.of("bench", "--model", "resnet20-cifar10", "--streams", USABLE + 1),
                List.of("plan", "--model", "resnet20-cifar10", "--streams", USABLE + 1),
                List.of("profile", "--model", "resnet20-cifar10", "--threads", USABLE + 1))) {
            Run run = Run.gatun(command.toArray());

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.errorLines()).hasSize(1).first().asString().contains("more than the " + USABLE + " thread");
        }
    }

    @Test
    void planTellsNumbersAndReasons() {
        Run run = Run.gatun("plan", "--model", "resnet20-cifar10", "--hint", "throughput", "--batch", 4);

        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines)
                .startsWith("resnet20-cifar10 with weights bundled, f32", "  hint     throughput")
                .contains("  batch    4 per stream: as asked", "  images   [4, 3, 32, 32] F32_NCHW")
                .anyMatch(
                        line -> line.strip().startsWith("a stream for each usable core; " + USABLE + " usable thread"))
                .anyMatch(line -> line.matches(" *\\d+ +layer1\\.0\\.conv1 +\\S+.*"));
    }

    @Test
    void planPrintsJson() {
        JsonNode plan = Run.gatun("plan", "--model", "resnet20-cifar10", "--precision", "f32", "--json")
                .json()
                .getFirst();

        assertThat(plan.get("hint").asText()).isEqualTo("latency");
        assertThat(plan.get("streams").asInt()).isEqualTo(1);
        assertThat(plan.get("batch").asInt()).isEqualTo(1);
        assertThat(plan.get("steps").size()).isGreaterThan(20);
        assertThat(plan.get("steps").get(1).get("implementation").asText()).isNotEmpty();
        assertThat(plan.get("sessionBytes").asLong())
                .isGreaterThanOrEqualTo(plan.get("arenaBytes").asLong());
    }
}
