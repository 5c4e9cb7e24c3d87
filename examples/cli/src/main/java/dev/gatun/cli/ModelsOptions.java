package dev.gatun.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which networks, each with which weights: an option that is given again begins the next one. */
final class ModelsOptions {
    @ArgGroup(
            exclusive = false,
            multiplicity = "0..*",
            heading = "%nA model, or several, each of which begins where one of these is given again:%n")
    private List<ModelChoice> choices = new ArrayList<>();

    @Option(
            names = "--no-cache",
            description = "Neither take packed weights of a former run from the cache nor keep them there.")
    private boolean uncached;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** How many models there are. */
    int count() {
        return Math.max(1, choices.size());
    }

    /** Opens the models, in the order of the command line. */
    List<OpenModel> open(Terminal terminal) {
        List<ModelChoice> given = choices.isEmpty() ? List.of(new ModelChoice()) : choices;
        return given.stream()
                .map(choice -> choice.open(terminal, spec))
                .map(opened -> uncached ? opened.uncached() : opened)
                .toList();
    }
}
