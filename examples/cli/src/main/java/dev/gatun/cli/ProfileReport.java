package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.OneDnn;
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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A profile in words and as JSON.
 *
 * @param model with its weights, in words
 * @param precision that was asked for
 * @param src shape of the images
 * @param input their layout and type
 * @param profile what was measured
 */
record ProfileReport(String model, Precision precision, Shape src, InputFormat input, Profile profile) {
    static final double MILLION = 1e6;
    static final double PERCENT = 100;

    void printText(PrintWriter out) {
        fact(out, "model", model);
        facts().forEach((name, value) -> fact(out, name, value));
        out.println();
        Table table = new Table(
                Table.left("LAYER"),
                Table.left("IMPLEMENTATION"),
                Table.left("TYPE"),
                Table.right("MS"),
                Table.right("SHARE"),
                Table.right("GMAC/S"),
                Table.right("MB"),
                Table.right("GB/S"),
                Table.right("ROOFLINE"),
                Table.left("BOUND BY"));
        for (LayerProfile layer : profile.layers()) {
            table.row(cells(layer));
        }
        table.print(out);
    }

    private static void fact(PrintWriter out, String name, String value) {
        out.println(Text.printable(String.format(Locale.ROOT, "%-10s %s", name, value)));
    }

    /** A layer's row, for the table here and the one of the page. */
    String[] cells(LayerProfile layer) {
        StepCost cost = layer.cost();
        return new String[] {
            cost.name(),
            cost.implementation(),
            cost.type().toString(),
            number("%.3f", layer.nanos() / MILLION),
            number("%.1f %%", PERCENT * layer.nanos() / profile.layerNanos()),
            cost.macs() > 0 ? number("%.1f", layer.gmacs()) : "",
            number("%.2f", cost.bytes() / MILLION),
            number("%.1f", layer.gigabytes()),
            percent(layer.efficiency()),
            bound(layer)
        };
    }

    private static String bound(LayerProfile layer) {
        if (layer.boundNanos().isEmpty()) {
            return "";
        }
        return layer.computeBound() ? "compute" : "memory";
    }

    /** What was measured, on what, and the totals; by name, in the order to print. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "run",
                precision + ", src " + src + " " + input + ", " + Text.count(profile.threads(), "thread")
                        + ", median of " + profile.runs());
        facts.put(
                "time",
                number("%.3f ms", profile.runNanos() / MILLION)
                        + number(" a run, %.3f ms", profile.layerNanos() / MILLION)
                        + " with a look at the clock after every layer");
        facts.put(
                "speed",
                number("%.1f GMAC/s", profile.macs() / profile.runNanos())
                        + number(", %.1f images/s", profile.batch() * 1e9 / profile.runNanos())
                        + (profile.boundNanos().isPresent()
                                ? number(
                                        ", %.1f %% of the roofline",
                                        PERCENT * profile.boundNanos().getAsDouble() / profile.runNanos())
                                : ""));
        profile.peaks().forEach((type, peak) -> facts.put("peak " + type, peak(peak)));
        facts.put("read", bandwidth(profile.bandwidth()));
        facts.put(
                "machine",
                Machine.current().cpuModel() + ", oneDNN " + OneDnn.version() + " for " + OneDnn.effectiveIsa()
                        + ", Java " + System.getProperty("java.runtime.version"));
        return facts;
    }

    private static String peak(Peak peak) {
        return peak.gmacs().isPresent()
                ? number("%.0f GMAC/s a core by ", peak.gmacs().getAsDouble()) + peak.how()
                : "unknown: " + peak.how();
    }

    private static String bandwidth(ReadBandwidth read) {
        return read.l2().isPresent() && read.beyondL2().isPresent()
                ? number("%.1f GB/s a core from L2, ", read.l2().getAsDouble())
                        + number("%.1f beyond, by ", read.beyondL2().getAsDouble())
                        + read.how()
                : "unknown: " + read.how();
    }

    static String percent(OptionalDouble fraction) {
        return fraction.isPresent() ? number("%.0f %%", PERCENT * fraction.getAsDouble()) : "unknown";
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    void printJson(PrintWriter out) {
        Json.println(out, json -> {
            json.writeStringField("model", model);
            json.writeStringField("precision", precision.toString());
            json.writeStringField("src", src.toString());
            json.writeStringField("input", input.toString());
            json.writeNumberField("batch", profile.batch());
            json.writeNumberField("threads", profile.threads());
            json.writeNumberField("runs", profile.runs());
            json.writeNumberField("milliseconds", milliseconds(profile.runNanos()));
            json.writeNumberField("layerMilliseconds", milliseconds(profile.layerNanos()));
            optional(json, "rooflineMilliseconds", milliseconds(profile.boundNanos()));
            json.writeNumberField("multiplyAccumulates", profile.macs());
            json.writeNumberField("gmacs", Json.thousandths(profile.macs() / profile.runNanos()));
            json.writeObjectFieldStart("machine");
            machine(json);
            json.writeEndObject();
            json.writeArrayFieldStart("layers");
            for (LayerProfile layer : profile.layers()) {
                layer(json, layer);
            }
            json.writeEndArray();
        });
    }

    private void machine(JsonGenerator json) throws IOException {
        json.writeStringField("cpu", Machine.current().cpuModel());
        json.writeStringField("isa", OneDnn.effectiveIsa().name());
        json.writeStringField("oneDnn", OneDnn.version().toString());
        json.writeStringField("java", System.getProperty("java.runtime.version"));
        json.writeObjectFieldStart("peaks");
        for (Map.Entry<DataType, Peak> peak : profile.peaks().entrySet()) {
            json.writeObjectFieldStart(peak.getKey().toString());
            json.writeStringField("how", peak.getValue().how());
            optional(json, "gmacs", peak.getValue().gmacs());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("read");
        json.writeStringField("how", profile.bandwidth().how());
        optional(json, "l2Gigabytes", profile.bandwidth().l2());
        optional(json, "beyondL2Gigabytes", profile.bandwidth().beyondL2());
        json.writeEndObject();
    }

    private static void layer(JsonGenerator json, LayerProfile layer) throws IOException {
        StepCost cost = layer.cost();
        json.writeStartObject();
        json.writeStringField("name", cost.name());
        json.writeStringField("implementation", cost.implementation());
        json.writeStringField("type", cost.type().toString());
        json.writeNumberField("steps", layer.steps());
        json.writeNumberField("milliseconds", milliseconds(layer.nanos()));
        json.writeNumberField("multiplyAccumulates", cost.macs());
        json.writeNumberField("srcBytes", cost.srcBytes());
        json.writeNumberField("dstBytes", cost.dstBytes());
        json.writeNumberField("weightBytes", cost.weightBytes());
        json.writeNumberField("gmacs", Json.thousandths(layer.gmacs()));
        optional(json, "rooflineMilliseconds", milliseconds(layer.boundNanos()));
        optional(json, "efficiency", layer.efficiency());
        json.writeStringField("boundBy", bound(layer));
        json.writeEndObject();
    }

    /** Null if unknown. */
    private static void optional(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, Json.thousandths(value.getAsDouble()));
        } else {
            json.writeNullField(name);
        }
    }

    private static OptionalDouble milliseconds(OptionalDouble nanos) {
        return nanos.isPresent() ? OptionalDouble.of(nanos.getAsDouble() / MILLION) : nanos;
    }

    /** To the microsecond's tenth: small layers take that little. */
    private static double milliseconds(double nanos) {
        return Math.round(nanos / 100) / 1e4;
    }
}
