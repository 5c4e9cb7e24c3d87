package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.image.Normalization;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.onnx.QdqWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun export}. */
@Command(name = "export", description = "Write a network and its weights in another format.")
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Option(
            names = "--onnx",
            paramLabel = "OUT.onnx",
            required = true,
            description =
                    "ONNX, opset 17, f32, or int8 (QuantizeLinear, DequantizeLinear) if the weights are quantised: from"
                            + " normalised NCHW images of any batch and size to logits.")
    private Path onnx = Path.of("");

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        OpenModel opened = modelOptions.open(terminal);
        try (OutputFile file = OutputFile.create(onnx)) {
            file.write(channel -> {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                write(opened.model(), out);
                out.flush();
            });
            file.commit();
            terminal.out().println(Text.printable(opened.describe() + " written to " + onnx));
        }
        return ExitCode.OK;
    }

    private static void write(Model model, OutputStream out) throws IOException {
        if (model.quantized().isPresent()) {
            Normalization normalization = model.preprocessing().normalization();
            QdqWriter.write(model.quantized().get(), model.name(), normalization, out);
        } else {
            OnnxWriter.write(model.graph(), model.name(), model.weights()::get, out);
        }
    }
}
