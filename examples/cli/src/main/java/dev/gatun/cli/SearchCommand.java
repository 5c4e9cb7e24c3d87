package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.answers.Backbone;
import dev.gatun.answers.Similarity;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.Features;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun search}. */
@Command(
        name = "search",
        description = "Find the images of a directory that are most like another.",
        footer = {
            "",
            "Alike is what has alike features before the last layer: the cosine between their means over the last map, 1 for"
                    + " the same. The query itself is left out. An image that cannot be read is told on stderr and left out;"
                    + " the exit status is 1 then."
        })
final class SearchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private ImageOptions imageOptions = new ImageOptions();

    @Option(
            names = "--top",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Images to tell, the most alike first (default: ${DEFAULT-VALUE}).")
    private int top = 5;

    @Option(names = "--json", description = "Print one JSON object for each image found, one a line.")
    private boolean json;

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "Directory of images; its subdirectories are not looked at.")
    private Path directory = Path.of("");

    @Parameters(index = "1", paramLabel = "QUERY", description = "The image that others are compared with.")
    private Path query = Path.of("");

    /** An image and how much it is like the query. */
    private record Found(Path file, double similarity) {}

    SearchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandException(directory + ": not a directory");
        }
        List<Path> files = new ArrayList<>();
        files.add(query);
        for (Path file : ImageFiles.of(List.of(directory))) {
            if (!Files.exists(query) || !Files.isSameFile(file, query)) {
                files.add(file);
            }
        }
        OpenModel opened = modelOptions.open(terminal);
        AtomicReferenceArray<float[]> features = features(opened.model(), files);
        float[] wanted = features.get(0);
        if (wanted == null) {
            return ExitCode.SOFTWARE;
        }
        List<Found> found = new ArrayList<>();
        for (int i = 1; i < files.size(); i++) {
            float[] vector = features.get(i);
            if (vector != null) {
                found.add(new Found(files.get(i), Similarity.cosine(wanted, vector)));
            }
        }
        found.sort(Comparator.comparingDouble(Found::similarity).reversed());
        print(opened, found.subList(0, Math.min(top, found.size())));
        return found.size() == files.size() - 1 ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private AtomicReferenceArray<float[]> features(Model model, List<Path> files) {
        Preprocessing preprocessing = model.preprocessing();
        AtomicReferenceArray<float[]> features = new AtomicReferenceArray<>(files.size());
        try (CompiledModel compiled = Backbone.of(model, Features.AVERAGE)
                        .compile(computeOptions
                                .compileFloating(1)
                                .withStreams(Math.min(computeOptions.workers(), files.size()))
                                .withInput(Extraction.FORMAT)
                                .withBatch(1)
                                .withSize(preprocessing.cropHeight(), preprocessing.cropWidth()));
                Progress progress = Progress.on(terminal, "search", "images", 1)) {
            new Extraction(compiled, preprocessing, imageOptions.decoding()).run(files, new Extraction.Sink() {
                @Override
                public void results(int image, MemorySegment dst) {
                    features.set(image, dst.toArray(ValueLayout.JAVA_FLOAT));
                }

                @Override
                public void unreadable(int image, Exception problem) {
                    terminal.err().println(Text.printable("gatun search: " + Failures.describe(problem)));
                }

                @Override
                public void progress(int done, int total) {
                    progress.at(done, total);
                }
            });
        }
        return features;
    }

    private void print(OpenModel opened, List<Found> found) {
        if (!json) {
            terminal.out().println(Text.printable(opened.describe() + ", " + computeOptions.floating()));
        }
        for (Found one : found) {
            if (json) {
                Json.println(terminal.out(), fields -> {
                    fields.writeStringField("file", one.file().toString());
                    fields.writeNumberField("similarity", one.similarity());
                });
            } else {
                terminal.out()
                        .println(String.format(
                                Locale.ROOT,
                                "  %.4f  %s",
                                one.similarity(),
                                Text.printable(one.file().toString())));
            }
        }
    }
}
