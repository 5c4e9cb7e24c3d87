package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.DrawnQuantization;
import dev.gatun.Model;
import dev.gatun.natives.Machine;
import dev.gatun.spec.Precision;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model is computed. */
final class ComputeOptions {
    @Option(
            names = "--precision",
            paramLabel = "P",
            converter = PrecisionName.class,
            description = "Type that the network computes in: f32, bf16, f16 or, if it is quantised, int8"
                    + " (default: int8 if it is quantised, else f32).")
    private @Nullable Precision precision;

    @Option(names = "--emulate", description = "Compute a precision that this CPU is not fast in all the same, slowly.")
    private boolean emulate;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = PositiveInt.class,
            description =
                    "Threads that compute; by default as many as this process has cores and the network keeps busy.")
    private @Nullable Integer threads;

    @Option(
            names = "--tune",
            description =
                    "First measure which implementation of each layer is the fastest here, which takes seconds; the"
                            + " result is kept for all later runs.")
    private boolean tune;

    Precision precision(OpenModel opened) {
        if (precision != null) {
            return precision;
        }
        return opened.model().quantized().isPresent() ? Precision.INT8 : Precision.F32;
    }

    /**
     * The model to time: where int8 is asked for and its weights are not quantised, with ranges that serve for nothing but that.
     *
     * @param terminal is told, since it takes seconds
     */
    OpenModel timed(OpenModel opened, Terminal terminal) {
        if (precision(opened) != Precision.INT8 || opened.model().quantized().isPresent()) {
            return opened;
        }
        terminal.err()
                .println("quantising " + opened.model().name() + " by drawn images, which is enough for its speed");
        String weights = opened.weights() + ", quantised by drawn images";
        return new OpenModel(Model.of(DrawnQuantization.of(opened.model()), weights), weights);
    }

    /** Threads of a single run. */
    int threads() {
        return threads == null ? CompileOptions.AUTO : threads;
    }

    /** Threads that may run side by side. */
    int workers() {
        return threads == null ? Machine.current().usableThreads() : threads;
    }

    /** The types that models compute in, in words. */
    String precisions(List<OpenModel> models) {
        return models.stream()
                .map(opened -> precision(opened).toString())
                .distinct()
                .collect(Collectors.joining(" + "));
    }

    /** The type for a part of a model that int8 is not known for. */
    Precision floating() {
        return precision == null ? Precision.F32 : precision;
    }

    /** Options for a run on {@code threadsPerRun} threads. */
    CompileOptions compile(OpenModel opened, int threadsPerRun) {
        return compile(precision(opened), threadsPerRun);
    }

    /** Options for a run of a part of a model that int8 is not known for. */
    CompileOptions compileFloating(int threadsPerRun) {
        return compile(floating(), threadsPerRun);
    }

    private CompileOptions compile(Precision chosen, int threadsPerRun) {
        return CompileOptions.defaults()
                .withPrecision(chosen)
                .withEmulation(emulate)
                .withThreads(threadsPerRun)
                .withTuning(tune);
    }
}
