package dev.gatun.cli;

import dev.gatun.Labels;
import dev.gatun.Model;
import dev.gatun.answers.ClassActivation;
import dev.gatun.answers.ClassActivation.Explanation;
import dev.gatun.answers.HeatMap;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun explain}. */
@Command(
        name = "explain",
        description = "Show where in an image the evidence for a class is.",
        footer = {
            "",
            "The picture is the part of the image that the network sees, in grey, under its class activation map (Zhou et al."
                    + " 2016): dark blue speaks least for the class, red more, yellow most. The map has as many places as the"
                    + " network's last feature map, and is interpolated between them. --json gives its numbers: their mean"
                    + " and the bias of the class make its logit."
        })
final class ExplainCommand implements Callable<Integer> {
    /** A side that a person sees something in; smaller crops are shown so many times larger that they reach it. */
    private static final int VISIBLE_SIDE = 224;

    private static final double OPACITY = 0.6;

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
            names = "--class",
            paramLabel = "N|NAME",
            description = "Index or name of the class; by default the most probable one.")
    private @Nullable String wanted;

    @Option(
            names = "--out",
            paramLabel = "PNG",
            description = "The picture (default: IMAGE's name with .cam.png, in this directory).")
    private @Nullable Path out;

    @Option(names = "--json", description = "Print one JSON object, with the map.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE", description = "A JPEG, PNG, BMP, GIF or WebP file.")
    private Path image = Path.of("");

    ExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        OpenModel opened = modelOptions.open(terminal);
        Model model = opened.model();
        Labels labels = labelsFile == null ? model.labels() : Labels.read(labelsFile, model.classes());
        @Nullable Integer index = wanted == null ? null : index(wanted, labels);
        RgbImage decoded = ImageDecoder.decode(image, imageOptions.decoding());
        Path picture = out == null ? besides(image) : out;
        try (ClassActivation activation =
                new ClassActivation(model, computeOptions.compileFloating(computeOptions.threads()))) {
            Explanation explanation = index == null ? activation.explain(decoded) : activation.explain(decoded, index);
            Pngs.write(picture, explanation.heat().over(seen(decoded, model.preprocessing()), OPACITY));
            print(opened, explanation, labels, picture);
        }
        return 0;
    }

    private static Path besides(Path image) {
        String name = String.valueOf(image.getFileName());
        int dot = name.lastIndexOf('.');
        return Path.of((dot > 0 ? name.substring(0, dot) : name) + ".cam.png");
    }

    private static int index(String wanted, Labels labels) {
        int named = labels.names().indexOf(wanted);
        if (named >= 0) {
            return named;
        }
        try {
            int index = Integer.parseInt(wanted);
            if (index >= 0 && index < labels.size()) {
                return index;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new CommandException(
                "--class is '" + wanted + "', expected 0 to " + (labels.size() - 1) + " or the name of a class");
    }

    /** What the network sees, large enough for people. */
    private static RgbImage seen(RgbImage image, Preprocessing preprocessing) {
        int side = preprocessing.cropHeight();
        int shown = side * Math.ceilDiv(VISIBLE_SIDE, side);
        return new Preprocessor(preprocessing.withCrop(shown)).resizeAndCrop(image);
    }

    private void print(OpenModel opened, Explanation explanation, Labels labels, Path picture) {
        int index = explanation.prediction().index();
        float probability = explanation.prediction().probability();
        if (!json) {
            terminal.out().println(Text.printable(opened.describe() + ", " + computeOptions.floating()));
            terminal.out()
                    .println(Text.printable(
                            String.format(Locale.ROOT, "%s: %s, %.2f %%", image, labels.of(index), probability * 100)));
            terminal.out().println(Text.printable("wrote " + picture));
            return;
        }
        HeatMap heat = explanation.heat();
        Json.println(terminal.out(), fields -> {
            fields.writeStringField("file", image.toString());
            fields.writeStringField("model", opened.model().name());
            fields.writeStringField("precision", computeOptions.floating().toString());
            fields.writeNumberField("index", index);
            fields.writeStringField("label", labels.of(index));
            fields.writeNumberField("probability", probability);
            fields.writeStringField("picture", picture.toString());
            fields.writeArrayFieldStart("map");
            for (int y = 0; y < heat.height(); y++) {
                fields.writeStartArray();
                for (int x = 0; x < heat.width(); x++) {
                    fields.writeNumber(heat.at(x, y));
                }
                fields.writeEndArray();
            }
            fields.writeEndArray();
        });
    }
}
