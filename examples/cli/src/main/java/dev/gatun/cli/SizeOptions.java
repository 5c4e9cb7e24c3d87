package dev.gatun.cli;

import dev.gatun.CompileOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** In which batches and streams a model is computed; without them, as the hint says. */
final class SizeOptions {
    @Mixin
    private RunOptions runOptions = new RunOptions();

    @Option(
            names = "--streams",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Runs side by side, each on threads of its own; by default what suits the purpose.")
    private @Nullable Integer streams;

    boolean batchAsked() {
        return runOptions.batchAsked();
    }

    CompileOptions apply(CompileOptions options) {
        return runOptions.apply(options).withStreams(streams == null ? CompileOptions.AUTO : streams);
    }
}
