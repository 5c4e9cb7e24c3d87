package dev.gatun.plan;

import dev.gatun.image.Normalization;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;

/**
 * What a graph is planned for.
 *
 * @param batch images a run takes
 * @param height of an image in pixels
 * @param width of an image in pixels
 * @param input layout and type of the images
 * @param precision of activations and weights
 * @param emulate whether a precision that the CPU is not fast in is computed all the same
 * @param threads OpenMP threads of a run
 * @param normalization of pixels; needed where the input is such, else not used
 */
public record PlanRequest(
        long batch,
        long height,
        long width,
        InputFormat input,
        Precision precision,
        boolean emulate,
        int threads,
        @Nullable Normalization normalization) {}
