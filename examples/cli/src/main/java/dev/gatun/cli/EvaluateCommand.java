package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.image.Crops;
import dev.gatun.onednn.NativeStack;
import dev.gatun.spec.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun evaluate}. */
@Command(
        name = "evaluate",
        description = "Measure how many images of known class a network names rightly.",
        footer = {
            "",
            "Images per second are those of the whole way, from reading files to logits; making the model ready is not part"
                    + " of it. Every thread is a stream that reads and computes batches of its own.",
            "Errors are in percent, beside those that are published for the weights, where they are known.",
            "An image that cannot be read is told on stderr and not counted, its row of --logits is NaN; the exit status is"
                    + " 1 then."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Terminal terminal;

    @Mixin
    private ModelsOptions modelsOptions = new ModelsOptions();

    @Mixin
    private CropOptions cropOptions = new CropOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private ImageOptions imageOptions = new ImageOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Images that a thread computes at once (default: ${DEFAULT-VALUE}).")
    private int batch = 16;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Take the first N images only.")
    private @Nullable Integer limit;

    @Option(
            names = "--ensemble",
            description = "Tell also how good the models are together, by the mean of their probabilities.")
    private boolean ensemble;

    @Option(
            names = "--logits",
            paramLabel = "OUT.npy",
            description = "Write the logits, float32 [images, classes], in the order of the images; of one model"
                    + " and one crop.")
    private @Nullable Path logitsFile;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    /** Where images come from. */
    static final class Source {
        @ArgGroup(exclusive = false, multiplicity = "1")
        private @Nullable Listed listed;

        @Option(
                names = "--cifar10",
                paramLabel = "FILE.bin",
                required = true,
                description = "CIFAR-10's binary records: a label byte and 3x32x32 samples.")
        private @Nullable Path cifar10;

        @Option(
                names = "--folders",
                paramLabel = "DIR",
                required = true,
                description =
                        "Directory with a sub-directory of images for each class, in the order of their names, such as"
                                + " ImageNet's synsets.")
        private @Nullable Path folders;
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Image files. */
    static final class Listed {
        @Option(
                names = "--images",
                paramLabel = "DIR",
                required = true,
                description = "Directory of the images that --labels lists.")
        private Path directory = Path.of("");

        @Option(
                names = "--labels",
                paramLabel = "LABELS.tsv",
                required = true,
                description = "A file name, a tab or space and the class index on each line.")
        private Path labels = Path.of("");
    }

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Crops crops = cropOptions.crops();
        if (logitsFile != null && (modelsOptions.count() > 1 || crops != Crops.ONE)) {
            throw new ParameterException(spec.commandLine(), "--logits goes with one model and one crop");
        }
        if (source.cifar10 != null && crops != Crops.ONE) {
            throw new ParameterException(
                    spec.commandLine(), "--cifar10 has images of the size that is seen: no other crops");
        }
        List<OpenModel> opened = modelsOptions.open(terminal);
        if (ensemble) {
            ClassifyCommand.requireSameClasses(opened);
        }
        try (NativeStack owned = new NativeStack()) {
            List<Samples> samples = new ArrayList<>();
            for (OpenModel model : opened) {
                samples.add(owned.push(samples(model)));
            }
            int available = samples.getFirst().size();
            int count = limit == null ? available : Math.min(limit, available);
            int workers = Math.min(computeOptions.workers(), count);
            // No worker is left without images by a batch that is too big for them.
            int perRun = Math.min(Math.ceilDiv(batch, crops.count()), Math.ceilDiv(count, workers));
            List<Evaluator.Member> members = new ArrayList<>();
            for (int i = 0; i < opened.size(); i++) {
                CompiledModel compiled = owned.push(opened.get(i)
                        .compile(computeOptions
                                .compile(opened.get(i), 1)
                                .withStreams(workers)
                                .withInput(samples.get(i).format())
                                .withBatch(perRun * crops.count())));
                members.add(new Evaluator.Member(compiled, samples.get(i), crops.count()));
            }
            return evaluate(
                    opened,
                    members,
                    count,
                    new EvaluateReport(computeOptions.precisions(opened), workers, perRun, crops));
        }
    }

    private int evaluate(List<OpenModel> opened, List<Evaluator.Member> members, int count, EvaluateReport report) {
        try (Npy logits = logitsFile == null
                ? null
                : Npy.create(logitsFile, Shape.of(count, members.getFirst().classes()))) {
            long start = System.nanoTime();
            List<Score> scores = run(members, count, logits);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            if (logits != null) {
                logits.commit();
            }
            report.print(terminal, json, opened, scores, seconds);
            return scores.getFirst().unreadable() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private Samples samples(OpenModel opened) throws IOException {
        if (source.cifar10 != null) {
            return CifarFile.open(source.cifar10, opened.model());
        }
        if (source.folders != null) {
            return LabelledImages.folders(source.folders, opened.model(), cropOptions.crops(), imageOptions.decoding());
        }
        Listed listed = source.listed == null ? new Listed() : source.listed;
        return LabelledImages.read(
                listed.directory, listed.labels, opened.model(), cropOptions.crops(), imageOptions.decoding());
    }

    private List<Score> run(List<Evaluator.Member> members, int count, @Nullable Npy logits) {
        try (Progress progress = Progress.on(terminal, "evaluate", "images", 1)) {
            return new Evaluator(members, ensemble, count, logits, new Evaluator.Listener() {
                        @Override
                        public void progress(int done, int total) {
                            progress.at(done, total);
                        }

                        @Override
                        public void unreadable(Exception problem) {
                            terminal.err().println(Text.printable("gatun evaluate: " + Failures.describe(problem)));
                        }
                    })
                    .run();
        }
    }
}
