package dev.gatun.cli;

import dev.gatun.quantize.QuantizationReport;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How {@code gatun quantize} prints what it did.
 *
 * @param title model and weights in words
 * @param file that was written
 * @param onnx that was written too, if any
 */
record QuantizeReport(String title, Path file, @Nullable Path onnx) {
    private static final double PERCENT = 100;

    void print(Terminal terminal, boolean json, QuantizationReport report) {
        if (json) {
            Json.println(terminal.out(), fields -> {
                fields.writeStringField("model", title);
                fields.writeStringField("file", file.toString());
                if (onnx != null) {
                    fields.writeStringField("onnx", onnx.toString());
                }
                fields.writeFieldName("report");
                fields.writeRawValue(report.toJson());
            });
            return;
        }
        Table values = new Table(
                Table.left("activation"),
                Table.left("type"),
                Table.left("range by"),
                Table.right("largest"),
                Table.right("scale"),
                Table.right("logits dB"));
        for (QuantizationReport.ValueReport value : report.values()) {
            values.row(
                    value.name(),
                    value.signed() ? "s8" : "u8",
                    lower(value.method()),
                    String.format(Locale.ROOT, "%.3f", value.largest()),
                    String.format(Locale.ROOT, "%.5f", value.scale()),
                    decibels(value.decibels()));
        }
        Table layers = new Table(
                Table.left("layer"),
                Table.left("computes in"),
                Table.left("weights by"),
                Table.right("own dB"),
                Table.right("logits dB"));
        for (QuantizationReport.LayerReport layer : report.layers()) {
            layers.row(
                    layer.name(),
                    layer.int8() ? "int8" : "bf16 or f32",
                    lower(layer.method()),
                    decibels(layer.local()),
                    decibels(layer.decibels()));
        }
        terminal.out().println(Text.printable(title + " quantised"));
        values.print(terminal.out());
        terminal.out().println();
        layers.print(terminal.out());
        terminal.out().println();
        terminal.out().println(summary(report));
        terminal.out().println(Text.printable("written to " + file + (onnx == null ? "" : " and " + onnx)));
    }

    /** How much of the network is int8, and what it costs, in a line. */
    static String summary(QuantizationReport report) {
        return String.format(
                Locale.ROOT,
                "%d of %d layers in int8; logits at %s dB, %.2f %% of %d images agree with f32 (bar %.2f %%, %.1f dB)",
                report.layers().size() - report.fallbacks().size(),
                report.layers().size(),
                decibels(report.decibels()),
                report.agreement() * PERCENT,
                report.judged(),
                report.bar().agreement() * PERCENT,
                report.bar().decibels());
    }

    private static String lower(Enum<?> method) {
        return method.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String decibels(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "-";
    }
}
