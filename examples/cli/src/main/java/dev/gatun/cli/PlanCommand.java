package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Hint;
import dev.gatun.plan.Plan;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun plan}. */
@Command(
        name = "plan",
        description = "Show how a model would be computed, and why so.",
        footer = {"", "The model is made ready as for a run, so that what is shown is what oneDNN chose."})
final class PlanCommand implements Callable<Integer> {
    private static final double MEGABYTE = 1e6;

    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private SizeOptions sizeOptions = new SizeOptions();

    @Option(
            names = "--hint",
            paramLabel = "H",
            description = "What it is to be good at: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Hint hint = Hint.LATENCY;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    PlanCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        OpenModel opened = computeOptions.timed(modelOptions.open(terminal), terminal);
        CompileOptions options = sizeOptions
                .apply(computeOptions.compile(opened, computeOptions.threads()))
                .withHint(hint);
        try (CompiledModel compiled = opened.compile(options)) {
            if (json) {
                printJson(opened, compiled, options);
            } else {
                printText(opened, compiled, options);
            }
        }
        return ExitCode.OK;
    }

    private void printText(OpenModel opened, CompiledModel compiled, CompileOptions options) {
        terminal.out().println(Text.printable(opened.describe() + ", " + options.precision()));
        row("hint", hint.toString().toLowerCase(Locale.ROOT));
        row("streams", compiled.placement().describe());
        row("", compiled.placement().reason());
        row("batch", compiled.batch() + " per stream: " + compiled.batchReason());
        row("images", compiled.srcShape() + " " + options.input());
        row("results", compiled.dstShape() + " f32");
        row("weights", megabytes(compiled.weightBytes()) + " packed, shared by all streams");
        row(
                "memory",
                megabytes(compiled.sessionBytes()) + " for each stream, of which activations "
                        + megabytes(compiled.arenaBytes()));
        terminal.out().println();
        Table table =
                new Table(Table.right("#"), Table.left("STEP"), Table.left("IMPLEMENTATION"), Table.left("LAYOUTS"));
        int number = 0;
        for (Plan.StepInfo step : compiled.steps()) {
            table.row(Integer.toString(number++), step.name(), step.implementation(), step.layouts());
        }
        table.print(terminal.out());
    }

    private void row(String name, String value) {
        terminal.out().println(String.format(Locale.ROOT, "  %-8s %s", name, value));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
    }

    private void printJson(OpenModel opened, CompiledModel compiled, CompileOptions options) {
        Json.println(terminal.out(), fields -> {
            fields.writeStringField("model", opened.model().name());
            fields.writeStringField("weights", opened.weights());
            fields.writeStringField("precision", options.precision().toString());
            fields.writeStringField("hint", hint.toString().toLowerCase(Locale.ROOT));
            fields.writeNumberField("streams", compiled.placement().streams());
            fields.writeNumberField("threads", compiled.placement().threads());
            fields.writeStringField("reason", compiled.placement().reason());
            fields.writeNumberField("batch", compiled.batch());
            fields.writeStringField("batchReason", compiled.batchReason());
            fields.writeStringField("input", options.input().toString());
            fields.writeNumberField("weightBytes", compiled.weightBytes());
            fields.writeNumberField("arenaBytes", compiled.arenaBytes());
            fields.writeNumberField("sessionBytes", compiled.sessionBytes());
            fields.writeArrayFieldStart("steps");
            for (Plan.StepInfo step : compiled.steps()) {
                fields.writeStartObject();
                fields.writeStringField("name", step.name());
                fields.writeStringField("implementation", step.implementation());
                fields.writeStringField("layouts", step.layouts());
                fields.writeEndObject();
            }
            fields.writeEndArray();
        });
    }
}
