package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.onnx.QdqWriter;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.CalibrationImages;
import dev.gatun.quantize.QuantizeOptions;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun quantize}. */
@Command(
        name = "quantize",
        description = "Make a network compute in int8, by nothing but images.",
        footer = {
            "",
            "Ranges of activations and scales of weights are chosen by the error that they cause in the logits of every third"
                    + " image, and fitted to the others. Layers compute in bf16 or f32, the worst first, until the bar is reached.",
            "Errors are ratios of signal to noise in decibels: 20 dB is an error of a tenth, 40 dB of a hundredth."
        })
final class QuantizeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private CalibrationOptions calibrationOptions = new CalibrationOptions();

    @Mixin
    private ImageOptions imageOptions = new ImageOptions();

    @Option(
            names = "--bar",
            paramLabel = "AGREEMENT[,DB]",
            converter = BarOption.class,
            description =
                    "What must be reached on the images judged by: the share whose top class is that of f32, and the"
                            + " logits' decibels (default: 0.97,20).")
    private Bar bar = Bar.DEFAULT;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Threads that compute (default: as many as this process has cores); the result is the same.")
    private @Nullable Integer threads;

    @Option(names = "--out", paramLabel = "FILE.safetensors", required = true, description = "The quantised network.")
    private Path out = Path.of("");

    @Option(
            names = "--onnx",
            paramLabel = "FILE.onnx",
            description = "Write it for other runtimes too: ONNX, opset 17, with QuantizeLinear and DequantizeLinear.")
    private @Nullable Path onnx;

    @Option(names = "--json", description = "Print the report as one JSON object.")
    private boolean json;

    QuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        checkDirectory(out);
        if (onnx != null) {
            checkDirectory(onnx);
        }
        OpenModel opened = modelOptions.open(terminal);
        Model model = opened.model();
        if (model.quantized().isPresent()) {
            throw new CommandException(opened.describe() + " is quantised already, expected f32, f16 or bf16 weights");
        }
        CalibrationImages images = calibrationOptions.read(model.preprocessing(), imageOptions.decoding(), terminal);
        QuantizeOptions options = QuantizeOptions.defaults().withBar(bar).withLog(terminal.err()::println);
        Quantizer.Result result = Quantizer.quantize(
                model.graph(), model.weights()::get, images, threads == null ? options : options.withThreads(threads));
        QuantizedModel quantized = new QuantizedModel(
                model.name(),
                model.input(),
                model.preprocessing(),
                model.labels().names(),
                result.network(),
                result.report());
        QuantizedFile.write(quantized, out);
        if (onnx != null) {
            QdqWriter.write(
                    quantized.network(), model.name(), model.preprocessing().normalization(), onnx);
        }
        new QuantizeReport(opened.describe(), out, onnx).print(terminal, json, result.report());
        return ExitCode.OK;
    }

    /** Tells before the long work what would fail after it. */
    private static void checkDirectory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new CommandException(file + ": cannot be written, its directory is not there or not writable");
        }
    }
}
