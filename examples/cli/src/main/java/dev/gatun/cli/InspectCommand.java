package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.Model;
import dev.gatun.ModelFile;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.network.Network;
import dev.gatun.quantize.QuantizationReport;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.spec.Family;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun inspect}. */
@Command(
        name = "inspect",
        description = "Show what a weights file holds and which networks it is for.",
        footer = {"", "Several networks can have the same tensors: those that differ in where they stride."})
final class InspectCommand implements Callable<Integer> {
    private static final int MAX_VALUE = 200;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(paramLabel = "FILE", description = "safetensors, a torch checkpoint, Keras .h5, NumPy .npz or ONNX.")
    private Path file = Path.of("");

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ModelFile opened = ModelFile.open(file)) {
            if (json) {
                printJson(opened);
            } else {
                printText(opened);
            }
        }
        return ExitCode.OK;
    }

    private void printText(ModelFile opened) {
        WeightSource source = opened.source();
        List<ResNetSpec> variants = opened.variants();
        Collection<TensorInfo> tensors = source.tensors().values();
        Table table = new Table(Table.left("TENSOR"), Table.left("TYPE"), Table.left("SHAPE"));
        for (TensorInfo tensor : tensors) {
            table.row(
                    Text.printable(tensor.name()),
                    tensor.type().toString(),
                    tensor.shape().toString());
        }
        table.print(terminal.out());
        terminal.out().println();
        source.metadata().forEach((key, value) -> row("metadata " + key, shortened(value)));
        row("file", file.toString());
        row("container", opened.container());
        row(
                "tensors",
                String.format(
                        Locale.ROOT, "%d, %,d values, %,d bytes", tensors.size(), values(tensors), bytes(tensors)));
        row("network", variants.isEmpty() ? "none that gatun knows" : describe(variants));
        if (!variants.isEmpty()) {
            ResNetSpec likeliest = variants.getFirst();
            Family.of(likeliest).ifPresent(family -> row("family", family.toString()));
            row("depth", String.valueOf(likeliest.depth()));
            row("options", String.join(", ", likeliest.options()));
        }
        opened.network().ifPresent(network -> row("graph", describe(network)));
        opened.quantized().ifPresent(this::printQuantized);
        model(opened).ifPresent(model -> {
            row("classes", String.valueOf(model.classes()));
            row("preprocessing", describe(model.preprocessing()));
        });
    }

    /** What the file holds, if that is more than tensors. */
    private static Optional<Model> model(ModelFile opened) {
        boolean known = opened.network().isPresent()
                || opened.quantized().isPresent()
                || !opened.variants().isEmpty();
        return known ? Optional.of(opened.model()) : Optional.empty();
    }

    private void printQuantized(QuantizedModel quantized) {
        QuantizationReport report = quantized.report();
        row("name", quantized.name());
        row("quantised", QuantizeReport.summary(report));
        row("in bf16 or f32", report.fallbacks().isEmpty() ? "no layer" : String.join(", ", report.fallbacks()));
    }

    /** Configurations and graphs fill screens. */
    private static String shortened(String value) {
        return value.length() <= MAX_VALUE
                ? value
                : value.substring(0, MAX_VALUE) + "... (" + value.length() + " characters)";
    }

    private static String describe(Network network) {
        Graph graph = network.graph();
        long convolutions =
                graph.nodes().stream().filter(node -> node instanceof Node.Conv).count();
        return network.name() + ", " + Text.count(graph.nodes().size(), "operation") + ", "
                + Text.count(convolutions, "convolution") + ", images of "
                + (network.size() == 0 ? "any size" : network.size() + "x" + network.size())
                + (network.softmax() ? ", softmax at the end taken off" : "");
    }

    private static String describe(Preprocessing preprocessing) {
        Normalization normalization = preprocessing.normalization();
        return "shorter side to " + preprocessing.resizeShorterSide() + ", crop " + preprocessing.cropWidth() + "x"
                + preprocessing.cropHeight() + ", (x / " + normalization.divisor() + " - " + normalization.mean()
                + ") / " + normalization.std() + " in " + normalization.order() + " order";
    }

    private void row(String name, String value) {
        terminal.out().println(Text.printable(name) + ": " + Text.printable(value));
    }

    private static String describe(List<ResNetSpec> variants) {
        return variants.stream().map(ResNetSpec::name).collect(Collectors.joining(" or ")) + ", "
                + String.format(Locale.ROOT, "%d classes", variants.getFirst().classes());
    }

    private void printJson(ModelFile opened) {
        WeightSource source = opened.source();
        List<ResNetSpec> variants = opened.variants();
        Collection<TensorInfo> tensors = source.tensors().values();
        Json.println(terminal.out(), fields -> {
            fields.writeStringField("file", file.toString());
            fields.writeStringField("container", opened.container());
            fields.writeArrayFieldStart("variants");
            for (ResNetSpec variant : variants) {
                fields.writeString(variant.name());
            }
            fields.writeEndArray();
            if (!variants.isEmpty()) {
                writeVariant(fields, variants.getFirst());
            }
            Optional<Model> model = model(opened);
            if (model.isPresent()) {
                fields.writeNumberField("classes", model.get().classes());
                writePreprocessing(fields, model.get().preprocessing());
            }
            if (opened.quantized().isPresent()) {
                fields.writeFieldName("quantization");
                fields.writeRawValue(opened.quantized().get().report().toJson());
            }
            fields.writeNumberField("values", values(tensors));
            fields.writeNumberField("bytes", bytes(tensors));
            fields.writeObjectFieldStart("metadata");
            for (var entry : source.metadata().entrySet()) {
                fields.writeStringField(entry.getKey(), entry.getValue());
            }
            fields.writeEndObject();
            fields.writeArrayFieldStart("tensors");
            for (TensorInfo tensor : tensors) {
                fields.writeStartObject();
                fields.writeStringField("name", tensor.name());
                fields.writeStringField("type", tensor.type().toString());
                long[] shape = tensor.shape().toArray();
                fields.writeFieldName("shape");
                fields.writeArray(shape, 0, shape.length);
                fields.writeEndObject();
            }
            fields.writeEndArray();
        });
    }

    private static void writeVariant(JsonGenerator fields, ResNetSpec variant) throws IOException {
        Optional<Family> family = Family.of(variant);
        if (family.isPresent()) {
            fields.writeStringField("family", family.get().toString());
        }
        fields.writeNumberField("depth", variant.depth());
        fields.writeArrayFieldStart("options");
        for (String option : variant.options()) {
            fields.writeString(option);
        }
        fields.writeEndArray();
    }

    private static void writePreprocessing(JsonGenerator fields, Preprocessing preprocessing) throws IOException {
        Normalization normalization = preprocessing.normalization();
        fields.writeObjectFieldStart("preprocessing");
        fields.writeNumberField("resizeShorterSide", preprocessing.resizeShorterSide());
        fields.writeNumberField("cropHeight", preprocessing.cropHeight());
        fields.writeNumberField("cropWidth", preprocessing.cropWidth());
        fields.writeStringField("interpolation", preprocessing.interpolation().toString());
        fields.writeStringField("channelOrder", normalization.order().toString());
        fields.writeNumberField("divisor", normalization.divisor());
        writeFloats(fields, "mean", normalization.mean());
        writeFloats(fields, "std", normalization.std());
        fields.writeEndObject();
    }

    private static void writeFloats(JsonGenerator fields, String name, List<Float> values) throws IOException {
        fields.writeArrayFieldStart(name);
        for (float value : values) {
            fields.writeNumber(value);
        }
        fields.writeEndArray();
    }

    private static long values(Collection<TensorInfo> tensors) {
        return tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    }

    private static long bytes(Collection<TensorInfo> tensors) {
        return tensors.stream()
                .mapToLong(tensor -> tensor.shape().elements() * tensor.type().bytes())
                .sum();
    }
}
