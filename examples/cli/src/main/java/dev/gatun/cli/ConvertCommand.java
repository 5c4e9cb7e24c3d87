package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.ModelFile;
import dev.gatun.ModelWriter;
import dev.gatun.weights.ElementType;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatun convert}. */
@Command(
        name = "convert",
        description = "Write any file with a network as safetensors, with a card of its preprocessing and classes.",
        footer = {"", "A network that is no row of 'gatun models' keeps its graph in the card."})
final class ConvertCommand implements Callable<Integer> {
    private final Terminal terminal;

    /** What a tensor's elements can be rounded to. */
    enum Type {
        /** Single precision. */
        F32(ElementType.F32),
        /** Half precision. */
        F16(ElementType.F16),
        /** The upper half of single precision. */
        BF16(ElementType.BF16);

        private final ElementType element;

        Type(ElementType element) {
            this.element = element;
        }
    }

    @Option(
            names = "--type",
            description = "Type of the tensors: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
    private Type type = Type.F32;

    @Parameters(index = "0", paramLabel = "IN", description = "safetensors, a torch checkpoint, Keras .h5 or ONNX.")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT.safetensors", description = "What to write; replaced if it is there.")
    private Path out = Path.of("");

    @ArgGroup(exclusive = false)
    private @Nullable NormalizationOptions normalization;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ConvertCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ModelFile file = ModelFile.open(in)) {
            Model read = file.model();
            Model model = normalization == null ? read : normalization.applied(read, spec);
            Path name = in.getFileName();
            String from = (name == null ? in.toString() : name.toString()) + ", " + file.container();
            ModelWriter.write(model, type.element, Map.of("converted_from", from), out);
            terminal.out().println(Text.printable(model.name() + " from " + from + " written to " + out));
        }
        return ExitCode.OK;
    }
}
