package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.natives.Machine;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model is computed. */
final class ComputeOptions {
    @Option(
            names = "--precision",
            paramLabel = "P",
            converter = PrecisionName.class,
            description = "Type that the network computes in: f32 (default), bf16 or f16.")
    private Precision precision = Precision.F32;

    @Option(names = "--emulate", description = "Compute a precision that this CPU is not fast in all the same, slowly.")
    private boolean emulate;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = PositiveInt.class,
            description =
                    "Threads that compute; by default as many as this process has cores and the network keeps busy.")
    private @Nullable Integer threads;

    Precision precision() {
        return precision;
    }

    /** Threads of a single run. */
    int threads() {
        return threads == null ? CompileOptions.AUTO : threads;
    }

    /** Threads that may run side by side. */
    int workers() {
        return threads == null ? Machine.current().usableThreads() : threads;
    }

    /** Options for a run on {@code threadsPerRun} threads. */
    CompileOptions compile(int threadsPerRun) {
        return CompileOptions.defaults()
                .withPrecision(precision)
                .withEmulation(emulate)
                .withThreads(threadsPerRun);
    }
}
