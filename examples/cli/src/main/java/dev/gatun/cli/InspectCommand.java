package dev.gatun.cli;

import dev.gatun.VariantRecognizer;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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
    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(paramLabel = "FILE", description = "A safetensors file or torch checkpoint.")
    private Path file = Path.of("");

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (WeightSource source = WeightFiles.open(file)) {
            List<ResNetSpec> variants = VariantRecognizer.recognize(source);
            if (json) {
                printJson(source, variants);
            } else {
                printText(source, variants);
            }
        }
        return ExitCode.OK;
    }

    private void printText(WeightSource source, List<ResNetSpec> variants) {
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
        source.metadata().forEach((key, value) -> row("metadata " + key, value));
        row("file", file.toString());
        row("container", container());
        row(
                "tensors",
                String.format(
                        Locale.ROOT, "%d, %,d values, %,d bytes", tensors.size(), values(tensors), bytes(tensors)));
        row("network", variants.isEmpty() ? "none that gatun knows" : describe(variants));
    }

    private void row(String name, String value) {
        terminal.out().println(Text.printable(name) + ": " + Text.printable(value));
    }

    private static String describe(List<ResNetSpec> variants) {
        return variants.stream().map(ResNetSpec::name).collect(Collectors.joining(" or ")) + ", "
                + String.format(
                        Locale.ROOT, "%d classes", variants.getFirst().classes());
    }

    private void printJson(WeightSource source, List<ResNetSpec> variants) {
        Collection<TensorInfo> tensors = source.tensors().values();
        Json.println(terminal.out(), fields -> {
            fields.writeStringField("file", file.toString());
            fields.writeStringField("container", container());
            fields.writeArrayFieldStart("variants");
            for (ResNetSpec variant : variants) {
                fields.writeString(variant.name());
            }
            fields.writeEndArray();
            if (!variants.isEmpty()) {
                fields.writeNumberField("classes", variants.getFirst().classes());
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

    /** By the first bytes, which are enough to tell apart files that have been opened as one of these. */
    private String container() {
        byte[] start = new byte[2];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(start, 0, start.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switch (start[0]) {
            case 'P' -> "torch (zip)";
            case (byte) 0x80 -> "torch (legacy)";
            default -> "safetensors";
        };
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
