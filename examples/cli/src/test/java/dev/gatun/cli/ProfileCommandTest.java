package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.onednn.DataType;
import dev.gatun.plan.StepCost;
import dev.gatun.profile.LayerProfile;
import dev.gatun.profile.Peak;
import dev.gatun.profile.Profile;
import dev.gatun.profile.ReadBandwidth;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileCommandTest {
    private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)[^>]*?(/?)>");

    @TempDir
    Path directory;

    @Test
    void printsARowForEveryLayer() {
        Run run = Run.gatun("profile", "--model", "resnet20-cifar10", "--runs", "3", "--threads", "1");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .contains("run        f32, src [1, 3, 32, 32] F32_NCHW, 1 thread, median of 3")
                .anyMatch(line -> line.startsWith("peak f32 "))
                .anyMatch(line -> line.startsWith("LAYER "))
                .anyMatch(line ->
                        line.matches("layer3\\.2\\.conv2 +\\S+ +f32 +[\\d.]+ +[\\d.]+ % .*(compute|memory|unknown)"))
                .anyMatch(line -> line.matches("fc +\\S+ +f32 .*"));
    }

    @Test
    void printsJson() {
        JsonNode profile = Run.gatun(
                        "profile", "--json", "--batch", "2", "--input", "U8_NHWC", "--runs", "3", "--threads", "1")
                .json()
                .getFirst();

        assertThat(profile.get("batch").asInt()).isEqualTo(2);
        assertThat(profile.get("input").asText()).isEqualTo("U8_NHWC");
        assertThat(profile.get("runs").asInt()).isEqualTo(3);
        assertThat(profile.get("milliseconds").asDouble()).isPositive();
        assertThat(profile.get("machine").get("peaks").has("f32")).isTrue();
        long macs = 0;
        for (JsonNode layer : profile.get("layers")) {
            macs += layer.get("multiplyAccumulates").asLong();
            assertThat(layer.get("implementation").asText()).isNotEmpty();
            assertThat(layer.get("srcBytes").asLong()).isPositive();
            assertThat(layer.get("dstBytes").asLong()).isPositive();
        }
        assertThat(profile.get("multiplyAccumulates").asLong()).isEqualTo(macs).isGreaterThan(2 * 40_000_000L);
    }

    @Test
    void writesAPageThatNeedsNothingElse() throws IOException {
        Path page = directory.resolve("profile.html");

        Run run = Run.gatun("profile", "--runs", "2", "--threads", "1", "--html", page);

        assertThat(run.status()).as(run.err()).isZero();
        String html = Files.readString(page);
        assertThat(html)
                .startsWith("<!doctype html>")
                .contains("layer3.2.conv2")
                .doesNotContain("http")
                .doesNotContain("<script", "<link", "<img", "@import", "url(");
        assertThat(Pattern.compile("<svg").matcher(html).results()).hasSize(2);
        assertThat(unbalanced(html)).isEmpty();
        assertThat(html).doesNotContain("NaN", "Infinity");
    }

    @Test
    void aPageThatCannotBeWrittenIsAnErrorInALine() {
        Run run = Run.gatun("profile", "--runs", "1", "--html", directory);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains(directory + " is a directory");
    }

    @Test
    void refusesNoRuns() {
        Run run = Run.gatun("profile", "--runs", "0");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errorLines()).hasSize(1).first().asString().contains("--runs");
    }

    /** The first tag that closes another than the last one opened, or was never closed; else empty. */
    private static String unbalanced(String html) {
        Deque<String> open = new ArrayDeque<>();
        Matcher tags = TAG.matcher(html);
        while (tags.find()) {
            String name = tags.group(2);
            if (tags.group(1).isEmpty()) {
                if (tags.group(3).isEmpty() && !name.equals("meta")) {
                    open.push(name);
                }
            } else if (open.isEmpty() || !open.pop().equals(name)) {
                return tags.group() + " at " + tags.start();
            }
        }
        return String.join(" ", open);
    }

    /** A layer named as no page or terminal likes it, on a machine of which nothing is known. */
    private static ProfileReport unknown() {
        StepCost cost = new StepCost("<a&\"b\">", "jit:uni", DataType.S8, 1000, 10, 20, 30);
        LayerProfile layer = new LayerProfile(cost, 1, 5000, OptionalDouble.empty(), false);
        Profile profile = new Profile(
                1,
                1,
                1,
                5000,
                List.of(layer),
                Map.of(DataType.S8, new Peak("there is no loop for SSE41", OptionalDouble.empty())),
                new ReadBandwidth("no loop here", 0, OptionalDouble.empty(), OptionalDouble.empty()));
        return new ProfileReport("m", Precision.F32, Shape.of(1, 3, 32, 32), InputFormat.F32_NCHW, profile);
    }

    @Test
    void saysWhatIsUnknown() {
        StringWriter text = new StringWriter();
        unknown().printText(new PrintWriter(text, true));
        assertThat(text.toString())
                .contains("unknown: there is no loop for SSE41", "unknown: no loop here")
                .contains("unknown");
        StringWriter json = new StringWriter();
        unknown().printJson(new PrintWriter(json, true));
        assertThat(json.toString()).contains("\"rooflineMilliseconds\":null", "\"efficiency\":null");
        String page = new ProfilePage(unknown()).html();
        assertThat(page).contains("&lt;a&amp;&quot;b&quot;&gt;").doesNotContain("<a&", "NaN", "Infinity");
        assertThat(unbalanced(page)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 0.2", "0.68, 5, 0.2", "11, 5, 5", "50, 5, 10", "0.003, 4, 0.001"})
    void ticksAreRoundNumbers(double length, int ticks, double step) {
        assertThat(Axis.step(length, ticks)).isCloseTo(step, Percentage.withPercentage(1e-6));
    }

    @Test
    void labelsHaveNoRoundingErrors() {
        assertThat(Axis.label(3 * 0.1)).isEqualTo("0.3");
        assertThat(Axis.label(0)).isEqualTo("0");
        assertThat(Axis.label(1000)).isEqualTo("1000");
        assertThat(Axis.label(0.001)).isEqualTo("0.001");
    }
}
