package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a run that is timed takes; without them, what suits the purpose and the precision. */
final class RunOptions {
    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Images of a run; by default what suits the purpose.")
    private @Nullable Integer batch;

    @Option(
            names = "--input",
            paramLabel = "FORMAT",
            description =
                    "Layout and type of the images: ${COMPLETION-CANDIDATES} (default: F32_NCHW, but U8_NHWC for int8).")
    private @Nullable InputFormat input;

    boolean batchAsked() {
        return batch != null;
    }

    CompileOptions apply(CompileOptions options) {
        return options.withInput(input(options.precision())).withBatch(batch == null ? CompileOptions.AUTO : batch);
    }

    /** Only pixels let the first layer compute in int8. */
    private InputFormat input(Precision precision) {
        if (input != null) {
            return input;
        }
        return precision == Precision.INT8 ? InputFormat.U8_NHWC : InputFormat.F32_NCHW;
    }
}
