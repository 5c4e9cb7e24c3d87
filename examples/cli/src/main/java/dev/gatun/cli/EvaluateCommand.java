package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.spec.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun evaluate}. */
@Command(
        name = "evaluate",
        description = "Measure how many images of known class a network names rightly.",
        footer = {
            "",
            "Images per second are those of the whole way, from reading files to logits; making the model ready is not part"
                    + " of it. Every thread is a stream that reads and computes batches of its own.",
            "An image that cannot be read is told on stderr and not counted, its row of --logits is NaN; the exit status is"
                    + " 1 then."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

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
            names = "--logits",
            paramLabel = "OUT.npy",
            description = "Write the logits, float32 [images, classes], in the order of the images.")
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
    }

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
                description = "A file name, a tab and the class index on each line.")
        private Path labels = Path.of("");
    }

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        OpenModel opened = modelOptions.open(terminal);
        try (Samples samples = samples(opened)) {
            int count = limit == null ? samples.size() : Math.min(limit, samples.size());
            int workers = Math.min(computeOptions.workers(), count);
            // No worker is left without images by a batch that is too big for them.
            int perRun = Math.min(batch, Math.ceilDiv(count, workers));
            try (CompiledModel compiled = opened.compile(computeOptions
                            .compile(opened, 1)
                            .withStreams(workers)
                            .withInput(samples.format())
                            .withBatch(perRun));
                    Npy logits = logitsFile == null
                            ? null
                            : Npy.create(
                                    logitsFile,
                                    Shape.of(count, compiled.dstShape().dim(1)))) {
                EvaluateReport report = new EvaluateReport(
                        opened.model().name(),
                        opened.weights(),
                        computeOptions.precision(opened).toString(),
                        workers,
                        perRun);
                long start = System.nanoTime();
                Score score = run(compiled, samples, count, logits);
                double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
                if (logits != null) {
                    logits.commit();
                }
                report.print(terminal, json, score, seconds);
                return score.unreadable() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
            }
        }
    }

    private Samples samples(OpenModel opened) throws IOException {
        if (source.cifar10 != null) {
            return CifarFile.open(source.cifar10, opened.model());
        }
        Listed listed = source.listed == null ? new Listed() : source.listed;
        return LabelledImages.read(listed.directory, listed.labels, opened.model(), imageOptions.decoding());
    }

    private Score run(CompiledModel compiled, Samples samples, int count, @Nullable Npy logits) {
        try (Progress progress = Progress.on(terminal, "evaluate", "images", 1)) {
            return new Evaluator(compiled, samples, count, logits, new Evaluator.Listener() {
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
