package dev.gatun.plan;

import dev.gatun.image.Normalization;
import dev.gatun.natives.Machine;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;

/**
 * What a graph is planned for.
 *
 * @param batch images a run takes, at least 1
 * @param height of an image in pixels, at least 32
 * @param width of an image in pixels, at least 32
 * @param input layout and type of the images
 * @param precision of activations and weights
 * @param emulate whether a precision that the CPU is not fast in is computed all the same
 * @param threads OpenMP threads of a run
 * @param normalization of pixels, which come in the order of its channels; needed where the input is such, else not used
 */
public record PlanRequest(
        long batch,
        long height,
        long width,
        InputFormat input,
        Precision precision,
        boolean emulate,
        int threads,
        @Nullable Normalization normalization) {
    /** L2 cache of a core where it is not known; that of the smallest server cores since Skylake. */
    private static final long USUAL_L2 = 1L << 20;

    /** Checks the numbers. */
    public PlanRequest {
        if (batch < 1) {
            throw new IllegalArgumentException("batch is " + batch + ", expected at least 1");
        }
        if (height < InputSpec.MIN_SIZE || width < InputSpec.MIN_SIZE) {
            throw new IllegalArgumentException(
                    "images are " + height + "x" + width + ", expected sides of at least " + InputSpec.MIN_SIZE);
        }
        if (input.pixels() && normalization == null) {
            throw new IllegalArgumentException("the input is " + input + ", but there is nothing to normalise it with");
        }
    }

    /** What a run's activations should fit into to be near: half of the L2 caches of its threads, whose other half weights pass. */
    long cacheBytes() {
        return Machine.current().l2Bytes().orElse(USUAL_L2) * threads / 2;
    }
}
