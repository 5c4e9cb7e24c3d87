package dev.gatun.benchmarks;

import dev.gatun.DrawnQuantization;
import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Weights and images that are the same in every run and process. */
final class Inputs {
    private static final long WEIGHTS_SEED = 1;
    private static final long IMAGES_SEED = 2;

    /** Pixels are about here, by about so much. */
    private static final int MEAN = 118;

    private static final int SPREAD = 58;
    private static final int WHITE = 255;

    private Inputs() {}

    /** A variant with random weights. */
    static Model model(String name) {
        return ResNet.named(name).randomWeights(WEIGHTS_SEED);
    }

    /** What an engine in this precision computes: a variant with random weights, quantised if it is int8. */
    static Model model(String name, Precision precision) {
        Model model = model(name);
        return precision == Precision.INT8 ? Model.of(DrawnQuantization.of(model), name) : model;
    }

    /** Of a batch for an engine in this precision: pixels for int8, which normalises them itself. */
    static InputFormat format(Precision precision) {
        return precision == Precision.INT8 ? InputFormat.U8_NHWC : InputFormat.F32_NCHW;
    }

    /** Fills a batch of this format. */
    static void fill(MemorySegment src, InputFormat format) {
        float[] images = images(Math.toIntExact(src.byteSize() / format.elementBytes()));
        if (format.pixels()) {
            for (int i = 0; i < images.length; i++) {
                src.set(ValueLayout.JAVA_BYTE, i, (byte) Math.clamp(Math.round(MEAN + SPREAD * images[i]), 0, WHITE));
            }
        } else {
            MemorySegment.copy(images, 0, src, ValueLayout.JAVA_FLOAT, 0, images.length);
        }
    }

    /** Standard normal values. */
    static float[] images(int count) {
        SplittableRandom random = new SplittableRandom(IMAGES_SEED);
        float[] images = new float[count];
        for (int i = 0; i < count; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }
}
