package dev.gatun.benchmarks.peers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Results as JSON: everything, each run's time included. */
final class ResultsJson {
    private static final double[] QUANTILES = {0.1, 0.5, 0.9, 0.99};

    private ResultsJson() {}

    /** One object. */
    static String of(Results results) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            strings(json, "environment", results.environment());
            json.writeObjectFieldStart("contestants");
            for (Map.Entry<Contestant, String> about : results.about().entrySet()) {
                json.writeStringField(about.getKey().title(), about.getValue());
            }
            json.writeEndObject();
            strings(json, "skipped", results.skipped());
            numbers(json, "peak_gmacs_per_core", results.peaks());
            numbers(json, "int8_answers_apart", results.int8Apart());
            json.writeArrayFieldStart("measurements");
            for (Measurement measurement : results.measurements()) {
                measurement(json, measurement, results.shareOfPeak(measurement, measurement.median()));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void strings(JsonGenerator json, String name, Map<String, String> values) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> value : values.entrySet()) {
            json.writeStringField(value.getKey(), value.getValue());
        }
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String name, Map<String, Double> values) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Double> value : values.entrySet()) {
            json.writeNumberField(value.getKey(), value.getValue());
        }
        json.writeEndObject();
    }

    private static void measurement(JsonGenerator json, Measurement measurement, OptionalDouble shareOfPeak)
            throws IOException {
        boolean latency = measurement.column().scenario() == Scenario.LATENCY;
        json.writeStartObject();
        json.writeStringField("model", measurement.model());
        json.writeStringField("contestant", measurement.entrant().contestant().title());
        json.writeStringField("precision", measurement.entrant().precision());
        json.writeStringField("scenario", latency ? "latency" : "throughput");
        json.writeNumberField("threads", measurement.column().threads());
        json.writeStringField("setup", measurement.setup());
        json.writeStringField("unit", latency ? "ms" : "images/s");
        json.writeNumberField("error", measurement.error());
        if (measurement.entrant().contestant() == Contestant.GATUN && shareOfPeak.isPresent()) {
            json.writeNumberField("share_of_peak", rounded(shareOfPeak.getAsDouble()));
        }
        for (double q : QUANTILES) {
            double value = Quantiles.of(measurement.values(), latency ? q : 1 - q);
            json.writeNumberField((latency ? "p" : "reached_in_") + Math.round(100 * q), rounded(value));
        }
        array(json, "values", measurement.values());
        if (!measurement.calm().isEmpty()) {
            array(json, "values_on_a_core_alone", measurement.calm());
        }
        if (!measurement.scatter().isEmpty()) {
            array(json, "values_of_a_loop_as_long", measurement.scatter());
        }
        json.writeEndObject();
    }

    private static void array(JsonGenerator json, String name, List<Double> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(rounded(value));
        }
        json.writeEndArray();
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
