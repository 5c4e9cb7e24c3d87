package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.image.Normalization;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How samples become floats, for weights whose file does not say it. */
final class NormalizationOptions {
    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            converter = Channels.Converter.class,
            description =
                    "What the weights were trained with, if their file does not say it: images are (x / 255 - mean) / std."
                            + " 0,0,0 if only --std is given.")
    private Channels mean = Channels.all(0);

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            converter = Channels.Converter.class,
            description = "1,1,1 if only --mean is given.")
    private Channels std = Channels.all(1);

    /** A number for each channel. */
    record Channels(List<Float> values) {
        static Channels all(float value) {
            return new Channels(List.of(value, value, value));
        }

        /** Reads them. */
        static final class Converter implements ITypeConverter<Channels> {
            @Override
            public Channels convert(String text) {
                try {
                    return new Channels(Stream.of(text.split(",", -1))
                            .map(String::strip)
                            .map(Float::valueOf)
                            .toList());
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + text + "' is not three numbers such as 0.485,0.456,0.406");
                }
            }
        }
    }

    /**
     * The model with images that are normalised like this.
     *
     * @param command whose options these are, for messages
     */
    Model applied(Model model, CommandSpec command) {
        try {
            return model.withPreprocessing(
                    model.preprocessing().withNormalization(Normalization.rgb(mean.values(), std.values())));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
