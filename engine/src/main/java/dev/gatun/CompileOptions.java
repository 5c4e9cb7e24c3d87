package dev.gatun;

import dev.gatun.spec.InputFormat;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Precision;

/**
 * What a model is compiled for. Immutable; start from {@link #defaults()}.
 *
 * @param precision of activations and weights
 * @param emulation whether a precision that the CPU is not fast in is computed all the same, slowly; else it is refused
 * @param batch images a run takes, at least 1; {@link #AUTO} for as many as the hint says
 * @param height of an image in pixels, at least 32; 0 for what the network was designed for
 * @param width of an image in pixels, at least 32; 0 for what the network was designed for
 * @param input layout and type of the images
 * @param softmax whether results are probabilities rather than logits
 * @param hint what it is to be good at, which decides what is left to it
 * @param streams runs side by side in a {@link dev.gatun.runtime.StreamPool}; {@link #AUTO} for as many as the hint says
 * @param threads OpenMP threads of a run, at least 1; {@link #AUTO} for as many as the hint says. Those of all streams are at most as many
 *     as this process can use at full speed, which compiling checks
 * @param tuning whether implementations that have not been measured on this machine yet are measured first, which takes seconds and is
 *     remembered in the user's cache; what has been measured before is used anyway
 */
public record CompileOptions(
        Precision precision,
        boolean emulation,
        int batch,
        int height,
        int width,
        InputFormat input,
        boolean softmax,
        Hint hint,
        int streams,
        int threads,
        boolean tuning) {

    /** A number of images, streams or threads that is left to the {@link Hint}. */
    public static final int AUTO = 0;

    /** Checks the numbers. */
    public CompileOptions {
        checkCount("batch", batch);
        checkCount("streams", streams);
        checkCount("threads", threads);
        checkSide("height", height);
        checkSide("width", width);
    }

    private static void checkCount(String name, int count) {
        if (count < AUTO) {
            throw new IllegalArgumentException(
                    name + " is " + count + ", expected at least 1, or 0 for as many as the hint says");
        }
    }

    private static void checkSide(String name, int side) {
        if (side != 0 && side < InputSpec.MIN_SIZE) {
            throw new IllegalArgumentException(
                    name + " is " + side + ", expected at least " + InputSpec.MIN_SIZE + " or 0 for the network's own");
        }
    }

    /** f32, images of the network's own size as normalised NCHW, logits, and the numbers of {@link Hint#LATENCY}. */
    public static CompileOptions defaults() {
        return new CompileOptions(
                Precision.F32, false, AUTO, 0, 0, InputFormat.F32_NCHW, false, Hint.LATENCY, AUTO, AUTO, false);
    }

    /** These options with another precision. */
    public CompileOptions withPrecision(Precision precision) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with emulation allowed or not. */
    public CompileOptions withEmulation(boolean emulation) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with another batch. */
    public CompileOptions withBatch(int batch) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with another size of image. */
    public CompileOptions withSize(int height, int width) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with another layout and type of images. */
    public CompileOptions withInput(InputFormat input) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with probabilities, or logits, as results. */
    public CompileOptions withSoftmax(boolean softmax) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with another number of threads. */
    public CompileOptions withThreads(int threads) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options for another purpose. */
    public CompileOptions withHint(Hint hint) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with another number of streams. */
    public CompileOptions withStreams(int streams) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }

    /** These options with a measurement of implementations first, or without. */
    public CompileOptions withTuning(boolean tuning) {
        return new CompileOptions(
                precision, emulation, batch, height, width, input, softmax, hint, streams, threads, tuning);
    }
}
