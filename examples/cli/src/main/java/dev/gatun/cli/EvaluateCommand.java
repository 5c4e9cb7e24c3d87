package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.answers.MultiScale;
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

    @Option(names = "--ensemble", description = "Tell also how good the models are together.")
    private boolean ensemble;

    @Option(
            names = "--logits",
            paramLabel = "OUT.npy",
            description = "Write the logits, float32 [images, classes], in the order of the images; of one model"
                    + " and one crop.")
    private @Nullable Path logitsFile;

    @Option(
            names = "--plot",
            paramLabel = "OUT.svg",
            description =
                    "Draw the errors of all models, the published ones marked, as a picture for browsers and papers.")
    private @Nullable Path plotFile;

    @Option(names = "--json", description = "Print the results as JSON, an object for each model, one a line.")
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
                names = "--cifar100",
                paramLabel = "FILE.bin",
                required = true,
                description = "CIFAR-100's: a coarse label, the fine label that counts, and the samples.")
        private @Nullable Path cifar100;

        @Option(
                names = "--folders",
                paramLabel = "DIR",
                required = true,
                description =
                        "Directory with a sub-directory of images for each class, in the order of their names, such as"
                                + " ImageNet's synsets.")
        private @Nullable Path folders;

        /** Whether images are of the size that is seen. */
        boolean cifar() {
            return cifar10 != null || cifar100 != null;
        }
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
        if (logitsFile != null && (modelsOptions.count() > 1 || !cropOptions.centre())) {
            throw new ParameterException(spec.commandLine(), "--logits goes with one model and one crop");
        }
        if (source.cifar() && !cropOptions.centre()) {
            throw new ParameterException(
                    spec.commandLine(), "CIFAR's images are of the size that is seen: no other crops or scales");
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
            int perRun = imagesOfARun(count, workers);
            List<Evaluator.Member> members = new ArrayList<>();
            for (int i = 0; i < opened.size(); i++) {
                members.add(member(opened.get(i), samples.get(i), workers, perRun, owned));
            }
            return evaluate(
                    opened,
                    members,
                    count,
                    new EvaluateReport(
                            computeOptions.precisions(opened),
                            workers,
                            perRun,
                            cropOptions.crops(),
                            cropOptions.scales(),
                            cropOptions.describe()));
        }
    }

    /** No worker is left without images by a batch that is too big for them. Of whole images each has a size of its own. */
    private int imagesOfARun(int count, int workers) {
        return cropOptions.scales().given()
                ? 1
                : Math.min(Math.ceilDiv(batch, cropOptions.views()), Math.ceilDiv(count, workers));
    }

    private Evaluator.Member member(OpenModel opened, Samples samples, int workers, int perRun, NativeStack owned) {
        CompileOptions options = computeOptions.compile(opened, 1).withStreams(workers);
        int views = cropOptions.views();
        if (cropOptions.scales().given() && samples instanceof LabelledImages images) {
            List<Integer> sides = cropOptions.scales().sides();
            // Not run itself: the streams are its.
            CompiledModel compiled = owned.push(opened.compile(options.withBatch(1)));
            return Evaluator.Member.ofScales(
                    compiled,
                    images,
                    () -> new MultiScale(opened.model(), options, sides),
                    views,
                    cropOptions.averaging());
        }
        CompiledModel compiled =
                owned.push(opened.compile(options.withInput(samples.format()).withBatch(perRun * views)));
        return Evaluator.Member.ofCrops(compiled, samples, views, cropOptions.averaging());
    }

    private int evaluate(List<OpenModel> opened, List<Evaluator.Member> members, int count, EvaluateReport report) {
        try (Npy logits = logitsFile == null
                        ? null
                        : Npy.create(
                                logitsFile, Shape.of(count, members.getFirst().classes()));
                OutputFile plot = plotFile == null ? null : OutputFile.create(plotFile)) {
            long start = System.nanoTime();
            List<Score> scores = run(members, count, logits);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            if (logits != null) {
                logits.commit();
            }
            report.print(terminal, json, opened, scores, seconds);
            if (plot != null) {
                report.plot(plot, opened, scores);
                plot.commit();
            }
            return scores.getFirst().unreadable() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private Samples samples(OpenModel opened) throws IOException {
        if (source.cifar10 != null) {
            return CifarFile.open(source.cifar10, CifarFile.Kind.CIFAR10, opened.model());
        }
        if (source.cifar100 != null) {
            return CifarFile.open(source.cifar100, CifarFile.Kind.CIFAR100, opened.model());
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
