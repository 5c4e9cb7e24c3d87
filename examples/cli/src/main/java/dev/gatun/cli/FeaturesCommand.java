package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.answers.Backbone;
import dev.gatun.answers.MapLayout;
import dev.gatun.image.Preprocessing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatun features}. */
@Command(
        name = "features",
        description = "Put out what a network sees in images, for another program to work with.",
        footer = {
            "",
            "Features are float32, a row an image in the order given. An image that cannot be read is told on"
                    + " stderr; its row is NaN, in JSON it is left out; the exit status is 1 then."
        })
final class FeaturesCommand implements Callable<Integer> {
    private static final String NPY = ".npy";
    private static final String SAFETENSORS = ".safetensors";

    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private ImageOptions imageOptions = new ImageOptions();

    @Option(
            names = "--pool",
            paramLabel = "P",
            description =
                    "avg or max of the last map over its pixels, the map itself, or the pyramid of the last map of every"
                            + " stage: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Pool pool = Pool.AVG;

    @Option(
            names = "--layout",
            paramLabel = "L",
            description = "Order of the values of maps: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private MapLayout layout = MapLayout.NCHW;

    @Option(
            names = "--output-stride",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "How much smaller than the image the last map is: 8, 16 or 32 for ImageNet's networks, by"
                    + " dilation instead of strides.")
    private @Nullable Integer outputStride;

    @Option(
            names = "--size",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Side of the crop in pixels; by default that of the weights.")
    private @Nullable Integer size;

    @Option(
            names = "--out",
            paramLabel = "FILE.npy|FILE.safetensors",
            description =
                    "Where to; without it one JSON object an image is printed. A pyramid is several tensors: c2, c3 and"
                            + " so on. The names of the files, a line each, are in the metadata of safetensors.")
    private @Nullable Path out;

    @Parameters(paramLabel = "IMAGE|DIR", arity = "1..*", description = "JPEG, PNG, BMP, GIF or WebP files.")
    private List<Path> arguments = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    FeaturesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        checkOut();
        List<Path> files = ImageFiles.of(arguments);
        OpenModel opened = modelOptions.open(terminal);
        Model model = opened.model();
        Preprocessing own = model.preprocessing();
        Preprocessing preprocessing = size == null ? own : own.withCrop(size);
        Model backbone = outputStride == null
                ? Backbone.of(model, pool.features())
                : Backbone.of(model, pool.features(), outputStride);
        try (Arena arena = Arena.ofShared();
                CompiledModel compiled = backbone.compile(computeOptions
                        .compileFloating(1)
                        .withStreams(Math.min(computeOptions.workers(), files.size()))
                        .withInput(Extraction.FORMAT)
                        .withBatch(1)
                        .withSize(preprocessing.cropHeight(), preprocessing.cropWidth()))) {
            FeatureTable table = new FeatureTable(arena, pool, layout, compiled.outputs(), files.size());
            Set<Integer> missing = fill(table, files, new Extraction(compiled, preprocessing, imageOptions.decoding()));
            write(table, files, missing, opened);
            return missing.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void checkOut() {
        String name = out == null ? "" : out.toString();
        if (out != null && !name.endsWith(NPY) && !name.endsWith(SAFETENSORS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--out is '" + name + "', expected a name that ends with " + NPY + " or " + SAFETENSORS);
        }
        if (name.endsWith(NPY) && pool == Pool.PYRAMID) {
            throw new ParameterException(
                    spec.commandLine(), "a pyramid is several arrays, " + NPY + " holds one: use " + SAFETENSORS);
        }
    }

    private Set<Integer> fill(FeatureTable table, List<Path> files, Extraction extraction) {
        Set<Integer> missing = new ConcurrentSkipListSet<>();
        try (Progress progress = Progress.on(terminal, "features", "images", 1)) {
            extraction.run(files, new Extraction.Sink() {
                @Override
                public void results(int image, MemorySegment dst) {
                    table.set(image, dst);
                }

                @Override
                public void unreadable(int image, Exception problem) {
                    table.unset(image);
                    missing.add(image);
                    terminal.err().println(Text.printable("gatun features: " + Failures.describe(problem)));
                }

                @Override
                public void progress(int done, int total) {
                    progress.at(done, total);
                }
            });
        }
        return missing;
    }

    private void write(FeatureTable table, List<Path> files, Set<Integer> missing, OpenModel opened) {
        if (out == null) {
            for (int i = 0; i < files.size(); i++) {
                int row = i;
                if (!missing.contains(row)) {
                    Json.println(terminal.out(), json -> {
                        json.writeStringField("file", files.get(row).toString());
                        json.writeStringField("model", opened.model().name());
                        table.writeRow(row, json);
                    });
                }
            }
        } else if (out.toString().endsWith(NPY)) {
            table.writeNpy(out);
        } else {
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("model", opened.model().name());
            metadata.put("weights", opened.weights());
            metadata.put("pool", pool.toString());
            metadata.put("layout", layout.toString());
            metadata.put("files", files.stream().map(Path::toString).collect(Collectors.joining("\n")));
            table.writeSafetensors(out, metadata);
        }
    }
}
