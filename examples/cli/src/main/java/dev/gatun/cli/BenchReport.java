package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.CompiledModel;
import dev.gatun.bench.Latencies;
import dev.gatun.bench.ServerLoad;
import dev.gatun.bench.Throughput;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.OneDnn;
import dev.gatun.profile.Peak;
import dev.gatun.runtime.Placement;
import dev.gatun.spec.Precision;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How {@code gatun bench} prints what it measured, and where.
 *
 * @param model name of the variant
 * @param weights what they are
 * @param precision computed in
 * @param scenario what was measured
 * @param compiled borrowed
 * @param work multiply-accumulates of an image
 * @param peak of a core in the precision
 */
record BenchReport(
        String model,
        String weights,
        Precision precision,
        String scenario,
        CompiledModel compiled,
        long work,
        Peak peak) {
    /** Images that may wait in the server scenario: far more than any that could be answered in time. */
    static final int QUEUE = 1024;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double GIGA = 1e9;

    static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    /** Prints a closed loop. */
    void print(Terminal terminal, boolean json, Throughput result) {
        print(terminal, json, result.batches(), result.imagesPerSecond(), Map.of());
    }

    /** Prints a server's trial. */
    void print(Terminal terminal, boolean json, Duration bound, double ceiling, ServerLoad.Trial trial) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("qps", Json.thousandths(trial.rate()));
        more.put("boundMs", (double) bound.toMillis());
        more.put("bears", trial.bears());
        more.put("closedLoopImagesPerSecond", Json.thousandths(ceiling));
        print(terminal, json, trial.latencies(), trial.answered(), more);
    }

    private void print(
            Terminal terminal, boolean json, Latencies latencies, double rate, Map<String, Object> more) {
        Placement placement = compiled.placement();
        int cores = placement.streams() * placement.threads();
        double gmacs = rate * work / GIGA;
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("count", latencies.count());
        measured.put("medianMs", Json.thousandths(millis(latencies.median())));
        measured.put("p90Ms", Json.thousandths(millis(latencies.p90())));
        measured.put("p99Ms", Json.thousandths(millis(latencies.p99())));
        measured.put("p99.9Ms", Json.thousandths(millis(latencies.p999())));
        measured.put("maxMs", Json.thousandths(millis(latencies.max())));
        measured.put("p99OverMedian", Json.thousandths((double) latencies.p99() / latencies.median()));
        measured.put("imagesPerSecond", Json.thousandths(rate));
        measured.put("imagesPerSecondPerCore", Json.thousandths(rate / cores));
        measured.put("gmacPerSecond", Json.thousandths(gmacs));
        peak.gmacs(cores).ifPresent(most -> {
            measured.put("peakGmacPerSecond", Json.thousandths(most));
            measured.put("percentOfPeak", Json.thousandths(100 * gmacs / most));
        });
        measured.put("peak", peak.how());
        measured.putAll(more);
        if (json) {
            Json.println(terminal.out(), fields -> {
                for (Map<String, Object> part : List.of(setting(), measured, environment())) {
                    write(fields, part);
                }
            });
            return;
        }
        terminal.out()
                .println(Text.printable(String.format(
                        Locale.ROOT,
                        "%s with weights %s, %s, %s: batch %d, %s",
                        model,
                        weights,
                        precision,
                        scenario,
                        compiled.batch(),
                        placement.describe())));
        rows(terminal, measured);
        terminal.out().println();
        rows(terminal, environment());
    }

    private static void rows(Terminal terminal, Map<String, Object> values) {
        values.forEach((name, value) ->
                terminal.out().println("  " + Text.printable(String.format(Locale.ROOT, "%-26s %s", name, value))));
    }

    private Map<String, Object> setting() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", model);
        values.put("weights", weights);
        values.put("precision", precision.toString());
        values.put("scenario", scenario);
        values.put("batch", compiled.batch());
        values.put("streams", compiled.placement().streams());
        values.put("threads", compiled.placement().threads());
        return values;
    }

    private Map<String, Object> environment() {
        Machine machine = Machine.current();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("cpu", machine.cpuModel());
        values.put("isa", OneDnn.effectiveIsa().toString());
        values.put("cores", machine.affinityCores());
        values.put("placement", compiled.placement().toString());
        values.put("oneDnn", OneDnn.version().toString());
        values.put("java", System.getProperty("java.runtime.version", ""));
        values.put("gatun", Versions.gatun());
        return values;
    }

    private static void write(JsonGenerator fields, Map<String, Object> values) throws IOException {
        for (Map.Entry<String, Object> entry : values.entrySet()) {
            fields.writeFieldName(entry.getKey());
            switch (entry.getValue()) {
                case Integer number -> fields.writeNumber(number);
                case Double number -> fields.writeNumber(number);
                case Boolean truth -> fields.writeBoolean(truth);
                default -> fields.writeString(entry.getValue().toString());
            }
        }
    }
}
