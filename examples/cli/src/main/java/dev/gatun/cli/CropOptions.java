package dev.gatun.cli;

import dev.gatun.answers.Averaging;
import dev.gatun.answers.Consensus;
import dev.gatun.image.Crops;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What of an image a network sees, and how opinions become an answer. */
final class CropOptions {
    @Option(
            names = "--crops",
            paramLabel = "1|10",
            converter = CropCount.class,
            description =
                    "1, the centre (default), or 10: the corners and the centre and their mirror images, which are"
                            + " averaged, as in the paper.")
    private Crops crops = Crops.ONE;

    @Option(
            names = "--scales",
            paramLabel = "paper|N,N,...",
            converter = Scales.Converter.class,
            description =
                    "Look at the whole image instead, resized so that its shorter side has each of these lengths, and"
                            + " average: multi-scale testing, of the paper at 224,256,384,480,640.")
    private Scales scales = Scales.NONE;

    @Option(
            names = "--average",
            paramLabel = "OF",
            description =
                    "What is averaged over models, crops and scales: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Averaging averaging = Averaging.PROBABILITIES;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** The crops; one if there are scales. */
    Crops crops() {
        if (scales.given() && crops != Crops.ONE) {
            throw new ParameterException(
                    spec.commandLine(), "--scales sees whole images, --crops parts of one size: give one of them");
        }
        return crops;
    }

    Scales scales() {
        return scales;
    }

    /** Whether it sees the centre of an image and nothing else. */
    boolean centre() {
        return crops() == Crops.ONE && !scales.given();
    }

    /** Opinions of an image that it sees. */
    int views() {
        return scales.given() ? scales.sides().size() : crops().count();
    }

    Averaging averaging() {
        return averaging;
    }

    /** Without an opinion yet. */
    Consensus consensus(int classes) {
        return new Consensus(classes, averaging);
    }

    /** In words, to stand behind the model's; nothing for the centre. */
    String describe() {
        if (scales.given()) {
            return ", scales " + scales.sides().stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + average();
        }
        return crops() == Crops.ONE ? "" : ", ten crops" + average();
    }

    private String average() {
        return averaging == Averaging.PROBABILITIES
                ? ""
                : " averaged by " + averaging.name().toLowerCase(Locale.ROOT);
    }
}
