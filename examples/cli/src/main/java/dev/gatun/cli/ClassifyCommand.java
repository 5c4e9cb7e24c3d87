package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Labels;
import dev.gatun.Model;
import dev.gatun.answers.MultiScale;
import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.ImageFormatException;
import dev.gatun.onednn.NativeStack;
import dev.gatun.runtime.Lane;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
            "Several models answer together, each on threads of its own.",
            "The time is that of one run of the network on one image, the first of which also finds memory and caches cold;"
                    + " reading and preparing the image is not part of it. Of several models it is that of the slowest."
        })
final class ClassifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelsOptions modelsOptions = new ModelsOptions();

    @Mixin
    private CropOptions cropOptions = new CropOptions();

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
        List<OpenModel> opened = modelsOptions.open(terminal);
        Model first = opened.getFirst().model();
        requireSameClasses(opened);
        Labels labels = labelsFile == null ? first.labels() : Labels.read(labelsFile, first.classes());
        try (NativeStack owned = new NativeStack()) {
            List<Supplier<Views>> members = new ArrayList<>();
            int threads = 0;
            for (OpenModel model : opened) {
                CompileOptions options = computeOptions.compile(model, threadsOfEach(opened.size()));
                if (cropOptions.scales().given()) {
                    List<Integer> sides = cropOptions.scales().sides();
                    members.add(() -> Views.scales(new MultiScale(model.model(), options, sides)));
                    threads += options.threads() == CompileOptions.AUTO ? computeOptions.workers() : options.threads();
                } else {
                    CompiledModel compiled = owned.push(
                            model.compile(options.withBatch(cropOptions.views()).withInput(TimedClassifier.FORMAT)));
                    members.add(
                            () -> Views.crops(new Lane(compiled), model.model().preprocessing(), cropOptions.crops()));
                    threads += compiled.threads();
                }
            }
            String precision = computeOptions.precisions(opened);
            String names = opened.stream().map(model -> model.model().name()).collect(Collectors.joining(" + "));
            ClassifyReport report =
                    json ? new ClassifyReport.Lines(terminal, names, precision) : new ClassifyReport.Table(terminal);
            report.begin(opened.stream().map(OpenModel::describe).collect(Collectors.joining(" + "))
                    + cropOptions.describe() + ", " + precision + ", " + Text.count(threads, "thread"));
            TimedClassifier classifier = owned.push(new TimedClassifier(members, labels, top, cropOptions.averaging()));
            return classify(files, classifier, report);
        }
    }

    /** Several models run side by side and share the threads. */
    private int threadsOfEach(int models) {
        return models == 1 ? computeOptions.threads() : Math.max(1, computeOptions.workers() / models);
    }

    /** Models can only agree or disagree on the same classes. */
    static void requireSameClasses(List<OpenModel> models) {
        int classes = models.getFirst().model().classes();
        for (OpenModel other : models) {
            if (other.model().classes() != classes) {
                throw new CommandException(
                        other.model() + " has " + other.model().classes()
                                + " classes, expected as many as "
                                + models.getFirst().model() + " has: " + classes);
            }
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
