package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as JSON. What is infinite or was not measured is left out. */
final class ReportJson {
    private ReportJson() {}

    static void write(QuantizationReport report, JsonGenerator json) throws IOException {
        json.writeNumberField("observed", report.observed());
        json.writeNumberField("judged", report.judged());
        json.writeNumberField("barAgreement", report.bar().agreement());
        json.writeNumberField("barDecibels", report.bar().decibels());
        json.writeNumberField("agreement", report.agreement());
        decibels("decibels", report.decibels(), json);
        json.writeBooleanField("biasCorrected", report.biasCorrected());
        json.writeArrayFieldStart("values");
        for (QuantizationReport.ValueReport value : report.values()) {
            json.writeStartObject();
            json.writeStringField("name", value.name());
            json.writeStringField("method", name(value.method()));
            json.writeNumberField("scale", value.scale());
            json.writeBooleanField("signed", value.signed());
            json.writeNumberField("largest", value.largest());
            decibels("decibels", value.decibels(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("layers");
        for (QuantizationReport.LayerReport layer : report.layers()) {
            json.writeStartObject();
            json.writeStringField("name", layer.name());
            json.writeBooleanField("int8", layer.int8());
            json.writeStringField("method", name(layer.method()));
            decibels("local", layer.local(), json);
            decibels("decibels", layer.decibels(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void decibels(String field, double value, JsonGenerator json) throws IOException {
        if (Double.isFinite(value)) {
            json.writeFieldName(field);
            json.writeNumber(String.format(Locale.ROOT, "%.2f", value));
        }
    }

    private static String name(Enum<?> method) {
        return method.name().toLowerCase(Locale.ROOT);
    }

    static QuantizationReport read(Json json) {
        List<QuantizationReport.ValueReport> values = new ArrayList<>();
        for (Json value : json.get("values").elements()) {
            values.add(new QuantizationReport.ValueReport(
                    value.get("name").text(),
                    value.get("method").constant(RangeMethod.class, ReportJson::name),
                    (float) value.get("scale").number(),
                    value.get("signed").flag(),
                    (float) value.get("largest").number(),
                    value.get("decibels").number(Double.POSITIVE_INFINITY)));
        }
        List<QuantizationReport.LayerReport> layers = new ArrayList<>();
        for (Json layer : json.get("layers").elements()) {
            layers.add(new QuantizationReport.LayerReport(
                    layer.get("name").text(),
                    layer.get("int8").flag(),
                    layer.get("method").constant(WeightMethod.class, ReportJson::name),
                    layer.get("local").number(Double.NaN),
                    layer.get("decibels").number(Double.POSITIVE_INFINITY)));
        }
        return new QuantizationReport(
                json.get("observed").integer(),
                json.get("judged").integer(),
                new Bar(
                        json.get("barAgreement").number(),
                        json.get("barDecibels").number()),
                json.get("agreement").number(),
                json.get("decibels").number(Double.POSITIVE_INFINITY),
                json.get("biasCorrected").flag(),
                values,
                layers);
    }
}
