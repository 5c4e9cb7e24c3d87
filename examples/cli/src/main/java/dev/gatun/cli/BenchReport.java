package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.bench.Latencies;
import dev.gatun.bench.ServerLoad;
import dev.gatun.bench.Throughput;
import dev.gatun.natives.CoreAnswers;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.OneDnn;
import dev.gatun.profile.Peak;
import dev.gatun.runtime.Placement;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How {@code gatun bench} prints what it measured, and where.
 *
 * @param model name of the variant
 * @param weights what they are
 * @param options it was compiled with
 * @param scenario what was measured
 * @param seconds how long, each time
 * @param compiled borrowed
 * @param work multiply-accumulates of an image
 * @param peak of a core in the precision
 */
record BenchReport(
        String model,
        String weights,
        CompileOptions options,
        String scenario,
        double seconds,
        CompiledModel compiled,
        long work,
        Peak peak) {
    /** Images that may wait in the server scenario: far more than any that could be answered in time. */
    static final int QUEUE = 1024;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double GIGA = 1e9;

    /**
     * Something measured or known.
     *
     * @param key in JSON, with its unit
     * @param label for people
     * @param value number, truth, or something to print
     * @param unit for people
     */
    private record Figure(String key, String label, Object value, String unit) {}

    /**
     * How images arrived at a server.
     *
     * @param bound of the 99th percentile
     * @param maxDelayMillis how long an image might wait for others to share its batch
     * @param seed of the arrivals
     * @param ceiling images a second of a closed loop
     */
    record Load(Duration bound, double maxDelayMillis, long seed, double ceiling) {}

    /**
     * How a rate was found.
     *
     * @param found the last try of the highest rate that was borne
     * @param tries of all rates
     * @param seconds that they took
     * @param mostSeconds that they would have taken at most, without waiting for the last answers
     */
    record Search(ServerLoad.Trial found, int tries, double seconds, double mostSeconds) {}

    static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    /** Prints a closed loop. */
    void print(Terminal terminal, boolean json, Throughput result) {
        List<Figure> more = new ArrayList<>();
        CoreAnswers cores = result.cores();
        if (cores.asked() > 0) {
            more.add(new Figure("coreSharedPercent", "core shared", 100.0 * cores.shared() / cores.asked(), "%"));
        }
        result.alone().ifPresent(alone -> {
            more.add(new Figure("aloneCount", "alone", alone.count(), "times"));
            more.add(new Figure("aloneMedianMs", "  median", millis(alone.median()), "ms"));
            more.add(new Figure("aloneP99Ms", "  p99", millis(alone.p99()), "ms"));
            more.add(new Figure("aloneP99OverMedian", "  p99/median", (double) alone.p99() / alone.median(), ""));
        });
        print(terminal, json, result.batches(), result.imagesPerSecond(), more);
    }

    /** Prints a server's trial. */
    void print(Terminal terminal, boolean json, Load load, ServerLoad.Trial trial, Optional<Search> search) {
        List<Figure> more = new ArrayList<>(List.of(
                new Figure("qps", "asked for", trial.rate(), "images/s"),
                new Figure("boundMs", "bound of p99", (double) load.bound.toMillis(), "ms"),
                new Figure("bears", "kept", trial.bears(), ""),
                new Figure("refused", "no room for", trial.refused(), "images"),
                new Figure("closedLoopImagesPerSecond", "without bound", load.ceiling, "images/s"),
                new Figure("maxDelayMs", "longest delay", load.maxDelayMillis, "ms"),
                new Figure("seed", "seed", load.seed, "")));
        search.ifPresent(taken -> {
            more.add(new Figure("tries", "search", taken.tries, "tries"));
            more.add(new Figure("searchSeconds", "search took", taken.seconds, "s"));
            more.add(new Figure("mostSearchSeconds", "search at most", taken.mostSeconds, "s"));
        });
        print(terminal, json, trial.latencies(), trial.answered(), more);
    }

    private void print(Terminal terminal, boolean json, Latencies latencies, double rate, List<Figure> more) {
        List<Figure> measured = measured(latencies, rate);
        if (json) {
            Json.println(terminal.out(), fields -> {
                write(fields, setting());
                write(fields, measured);
                write(fields, more);
                write(fields, run());
                write(fields, environment());
            });
            return;
        }
        terminal.out()
                .println(Text.printable(String.format(
                        Locale.ROOT,
                        "%s with weights %s, %s, %s: batch %d, %s",
                        model,
                        weights,
                        options.precision(),
                        scenario,
                        compiled.batch(),
                        compiled.placement().describe())));
        rows(terminal, measured);
        rows(terminal, more);
        terminal.out().println();
        rows(terminal, run());
        rows(terminal, environment());
    }

    private List<Figure> measured(Latencies latencies, double rate) {
        Placement placement = compiled.placement();
        int cores = placement.streams() * placement.threads();
        double gmacs = rate * work / GIGA;
        List<Figure> figures = new ArrayList<>(List.of(
                new Figure("count", "times", latencies.count(), ""),
                new Figure("medianMs", "median", millis(latencies.median()), "ms"),
                new Figure("p90Ms", "p90", millis(latencies.p90()), "ms"),
                new Figure("p99Ms", "p99", millis(latencies.p99()), "ms"),
                new Figure("p99.9Ms", "p99.9", millis(latencies.p999()), "ms"),
                new Figure("maxMs", "longest", millis(latencies.max()), "ms"),
                new Figure("p99OverMedian", "p99/median", (double) latencies.p99() / latencies.median(), ""),
                new Figure("imagesPerSecond", "images/s", rate, ""),
                new Figure("imagesPerSecondPerCore", "images/s/core", rate / cores, ""),
                new Figure("gmacPerSecond", "GMAC/s", gmacs, "")));
        peak.gmacs(cores).ifPresent(most -> {
            figures.add(new Figure("peakGmacPerSecond", "peak GMAC/s", most, ""));
            figures.add(new Figure("percentOfPeak", "of peak", 100 * gmacs / most, "%"));
        });
        figures.add(new Figure("peak", "peak by", peak.how(), ""));
        return figures;
    }

    private static void rows(Terminal terminal, List<Figure> figures) {
        for (Figure figure : figures) {
            String value = figure.value instanceof Double number
                    ? String.format(Locale.ROOT, "%.3f", number)
                    : figure.value.toString();
            String line = String.format(Locale.ROOT, "%-14s %s %s", figure.label, value, figure.unit);
            terminal.out().println("  " + Text.printable(line));
        }
    }

    private List<Figure> setting() {
        return List.of(
                new Figure("model", "model", model, ""),
                new Figure("weights", "weights", weights, ""),
                new Figure("precision", "precision", options.precision(), ""),
                new Figure("scenario", "scenario", scenario, ""),
                new Figure("batch", "batch", compiled.batch(), ""),
                new Figure("streams", "streams", compiled.placement().streams(), ""),
                new Figure("threads", "threads", compiled.placement().threads(), ""));
    }

    private List<Figure> run() {
        return List.of(
                new Figure("src", "images", compiled.srcShape(), ""),
                new Figure("input", "input", options.input(), ""),
                new Figure("tunedLayers", "tuned", compiled.tunedLayers(), "layers"),
                new Figure("seconds", "measured for", seconds, "s"));
    }

    private List<Figure> environment() {
        Machine machine = Machine.current();
        return List.of(
                new Figure("cpu", "CPU", machine.cpuModel(), ""),
                new Figure("isa", "ISA", OneDnn.effectiveIsa(), ""),
                new Figure("cores", "cores", machine.affinityCores(), ""),
                new Figure("placement", "placement", compiled.placement(), ""),
                new Figure("oneDnn", "oneDNN", OneDnn.version(), ""),
                new Figure("os", "OS", System.getProperty("os.name") + " " + System.getProperty("os.version"), ""),
                new Figure("java", "Java", System.getProperty("java.runtime.version", ""), ""),
                new Figure("gatun", "gatun", Versions.gatun(), ""),
                new Figure("date", "date", Instant.now().truncatedTo(ChronoUnit.SECONDS), ""));
    }

    private static void write(JsonGenerator fields, List<Figure> figures) throws IOException {
        for (Figure figure : figures) {
            fields.writeFieldName(figure.key);
            switch (figure.value) {
                case Integer number -> fields.writeNumber(number);
                case Long number -> fields.writeNumber(number);
                case Double number -> fields.writeNumber(Json.thousandths(number));
                case Boolean truth -> fields.writeBoolean(truth);
                default -> fields.writeString(figure.value.toString());
            }
        }
    }
}
