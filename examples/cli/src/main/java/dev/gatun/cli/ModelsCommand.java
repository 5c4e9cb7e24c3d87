package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code gatun models}. */
@Command(
        name = "models",
        description = "List the networks, what they cost, and the weights that are known for them.",
        footer = {"", "GMACs are billions of multiply-adds for one image. Top-1 is in percent, as published."})
final class ModelsCommand implements Callable<Integer> {
    private static final double BILLION = 1e9;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object for each network, one a line.")
    private boolean json;

    ModelsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Table table = new Table(
                Table.left("MODEL"),
                Table.left("DATA SET"),
                Table.right("INPUT"),
                Table.right("PARAMETERS"),
                Table.right("GMACS"),
                Table.left("WEIGHTS"),
                Table.right("TOP-1"),
                Table.left("WHERE"));
        for (ResNetSpec spec : Variants.all().values()) {
            GraphCost cost = cost(spec);
            List<KnownWeights> known = KnownWeights.of(spec.name());
            if (json) {
                Json.println(terminal.out(), fields -> write(fields, spec, cost, known));
            } else {
                rows(table, spec, cost, known);
            }
        }
        if (!json) {
            table.print(terminal.out());
        }
        return ExitCode.OK;
    }

    private static GraphCost cost(ResNetSpec spec) {
        return GraphCost.of(
                GraphBuilder.build(spec), spec.input().size(), spec.input().size());
    }

    private static void rows(Table table, ResNetSpec spec, GraphCost cost, List<KnownWeights> known) {
        String side = Integer.toString(spec.input().size());
        String[] cells = {
            spec.name(),
            KnownWeights.dataSet(spec),
            side + "x" + side,
            String.format(Locale.ROOT, "%,d", cost.parameters()),
            String.format(Locale.ROOT, "%.3f", cost.multiplyAccumulates() / BILLION),
            "",
            "",
            ""
        };
        for (KnownWeights weights : known) {
            cells[5] = weights.name();
            cells[6] = String.format(Locale.ROOT, "%.2f", weights.top1());
            cells[7] = weights.where().toString();
            table.row(cells);
            Arrays.fill(cells, "");
        }
        if (known.isEmpty()) {
            table.row(cells);
        }
    }

    private static void write(JsonGenerator fields, ResNetSpec spec, GraphCost cost, List<KnownWeights> known)
            throws IOException {
        fields.writeStringField("name", spec.name());
        fields.writeStringField("dataSet", KnownWeights.dataSet(spec));
        fields.writeNumberField("inputSize", spec.input().size());
        fields.writeNumberField("classes", spec.classes());
        fields.writeNumberField("parameters", cost.parameters());
        fields.writeNumberField("multiplyAccumulates", cost.multiplyAccumulates());
        fields.writeArrayFieldStart("weights");
        for (KnownWeights weights : known) {
            fields.writeStartObject();
            fields.writeStringField("name", weights.name());
            fields.writeNumberField("top1", weights.top1());
            fields.writeStringField("where", weights.where().toString());
            fields.writeEndObject();
        }
        fields.writeEndArray();
    }
}
