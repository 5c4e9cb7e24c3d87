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
 * @param tune whether implementations that have not been measured on this machine yet are measured now, which takes seconds
 */
public record PlanRequest(
        long batch,
        long height,
        long width,
        InputFormat input,
        Precision precision,
        boolean emulate,
        int threads,
        @Nullable Normalization normalization,
        boolean tune) {
    /** L2 cache of a core where it is not known; that of the smallest server cores since Skylake. */
    private static final long USUAL_L2 = 1L << 20;

    /** A request that measures nothing. */
    public PlanRequest(
            long batch,
            long height,
            long width,
            InputFormat input,
            Precision precision,
            boolean emulate,
            int threads,
            @Nullable Normalization normalization) {
        this(batch, height, width, input, precision, emulate, threads, normalization, false);
    }

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

    /** All there is, for {@link PlanCache#subject}: the text that a record writes of itself takes the JVM many times as long the first time. */
    @Override
    public String toString() {
        return batch + "x" + height + "x" + width + " " + input + " " + precision + (emulate ? " emulated" : "")
                + " on " + threads + " threads, " + normalization + (tune ? ", tuned" : "");
    }

    /** The same request, measuring nothing. */
    PlanRequest withoutTuning() {
        return new PlanRequest(batch, height, width, input, precision, emulate, threads, normalization);
    }

    /**
     * What the activations of a sub-batch should fit into: the L2 caches of the threads where tiles compute, else four times as much. Measured
     * with ResNet-50 in batches of 8 on one core with 2 MB. Tiles, 2026-11-29: int8 takes 37.6 ms so, 43.3 with four times as much and 36.9
     * with half of it; bf16 71.4, 74.0 and 73.7. oneDNN, 2026-11-21: half, one, two and four times the L2 cache are all slower than the batch
     * as a whole by 0 to 13 %, for smaller sub-batches read weights more often; batches of 16 gain 2 % from twice the cache.
     */
    long cacheBytes(boolean tiles) {
        return (tiles ? 1 : 4) * Machine.first().l2Bytes().orElse(USUAL_L2) * threads;
    }
}
