package dev.gatun.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which network, with which weights. */
final class ModelOptions {
    @Mixin
    private ModelChoice choice = new ModelChoice();

    @Option(
            names = "--no-cache",
            description = "Neither take packed weights of a former run from the cache nor keep them there.")
    private boolean uncached;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** Opens the model. */
    OpenModel open(Terminal terminal) {
        OpenModel opened = choice.open(terminal, spec);
        return uncached ? opened.uncached() : opened;
    }
}
