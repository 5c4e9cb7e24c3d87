package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.Labels;
import dev.gatun.Model;
import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.ImageFormatException;
import dev.gatun.runtime.Lane;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun classify}. */
@Command(
        name = "classify",
        description = "Name what is in images.",
        footer = {
            "",
            "A directory stands for the images in it (not in its subdirectories), in order of their names. An image that"
                    + " cannot be read is told on stderr and left out; the exit status is 1 then.",
            "The time is that of one run of the network on one image, the first of which also finds memory and caches cold;"
                    + " reading and preparing the image is not part of it."
        })
final class ClassifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private ImageOptions imageOptions = new ImageOptions();

    @Option(names = "--labels", paramLabel = "FILE", description = "Names of the classes, one a line.")
    private @Nullable Path labelsFile;

    @Option(
            names = "--top",
            paramLabel = "K",
            converter = PositiveInt.class,
            description = "Classes to tell, the most probable first (default: ${DEFAULT-VALUE}).")
    private int top = 5;

    @Option(names = "--json", description = "Print one JSON object for each image, one a line.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE|DIR", arity = "1..*", description = "JPEG, PNG, BMP, GIF or WebP files.")
    private List<Path> arguments = List.of();

    ClassifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        List<Path> files = ImageFiles.of(arguments);
        OpenModel opened = modelOptions.open(terminal);
        Model model = opened.model();
        Labels labels = labelsFile == null ? model.labels() : Labels.read(labelsFile, model.classes());
        try (CompiledModel compiled = opened.compile(
                        computeOptions.compile(opened, computeOptions.threads()).withInput(TimedClassifier.FORMAT));
                Lane lane = new Lane(compiled)) {
            String precision = computeOptions.precision(opened).toString();
            ClassifyReport report = json
                    ? new ClassifyReport.Lines(terminal, model.name(), precision)
                    : new ClassifyReport.Table(terminal);
            report.begin(opened.describe() + ", " + precision + ", " + Text.count(compiled.threads(), "thread"));
            return classify(files, new TimedClassifier(lane, model.preprocessing(), labels, top), report);
        }
    }

    private int classify(List<Path> files, TimedClassifier classifier, ClassifyReport report) {
        DecodeOptions decoding = imageOptions.decoding();
        int status = ExitCode.OK;
        for (Path file : files) {
            try {
                report.image(file, classifier.classify(ImageDecoder.decode(file, decoding)));
            } catch (IOException | ImageFormatException e) {
                terminal.err().println(Text.printable("gatun classify: " + Failures.describe(e)));
                status = ExitCode.SOFTWARE;
            }
            terminal.finish();
        }
        return status;
    }
}
