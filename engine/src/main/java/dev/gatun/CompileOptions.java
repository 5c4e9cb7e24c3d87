package dev.gatun;

import dev.gatun.natives.Machine;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Precision;

/**
 * What a model is compiled for. Immutable; start from {@link #defaults()}.
 *
 * @param precision of activations and weights
 * @param emulation whether a precision that the CPU is not fast in is computed all the same, slowly; else it is refused
 * @param batch images a run takes, at least 1
 * @param height of an image in pixels, at least 32; 0 for what the network was designed for
 * @param width of an image in pixels, at least 32; 0 for what the network was designed for
 * @param input layout and type of the images
 * @param softmax whether results are probabilities rather than logits
 * @param threads OpenMP threads of a run, from 1 to the number of CPUs; {@link #AUTO_THREADS} for as many as pay
 */
public record CompileOptions(
        Precision precision,
        boolean emulation,
        int batch,
        int height,
        int width,
        InputFormat input,
        boolean softmax,
        int threads) {

    /** As many threads as this process has physical cores for, but no more than the work of a run keeps busy. */
    public static final int AUTO_THREADS = 0;

    /** Checks the numbers. */
    public CompileOptions {
        if (batch < 1) {
            throw new IllegalArgumentException("batch is " + batch + ", expected at least 1");
        }
        checkSide("height", height);
        checkSide("width", width);
        int cpus = Machine.current().logicalCpus();
        if (threads < AUTO_THREADS || threads > cpus) {
            throw new IllegalArgumentException("threads is " + threads + ", expected 1 to " + cpus
                    + ", which is as many CPUs as this machine has, or 0 for as many as pay");
        }
    }

    private static void checkSide(String name, int side) {
        if (side != 0 && side < InputSpec.MIN_SIZE) {
            throw new IllegalArgumentException(
                    name + " is " + side + ", expected at least " + InputSpec.MIN_SIZE + " or 0 for the network's own");
        }
    }

    /** f32, one image of the network's own size as normalised NCHW, logits, and as many threads as pay. */
    public static CompileOptions defaults() {
        return new CompileOptions(Precision.F32, false, 1, 0, 0, InputFormat.F32_NCHW, false, AUTO_THREADS);
    }

    /** These options with another precision. */
    public CompileOptions withPrecision(Precision precision) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with emulation allowed or not. */
    public CompileOptions withEmulation(boolean emulation) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with another batch. */
    public CompileOptions withBatch(int batch) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with another size of image. */
    public CompileOptions withSize(int height, int width) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with another layout and type of images. */
    public CompileOptions withInput(InputFormat input) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with probabilities, or logits, as results. */
    public CompileOptions withSoftmax(boolean softmax) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }

    /** These options with another number of threads. */
    public CompileOptions withThreads(int threads) {
        return new CompileOptions(precision, emulation, batch, height, width, input, softmax, threads);
    }
}
