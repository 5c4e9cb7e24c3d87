package dev.gatun;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** A session with segments of its own, so that tests can pass arrays. */
final class Runner implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final CompiledModel compiled;
    private final Session session;
    private final MemorySegment src;
    private final MemorySegment dst;

    Runner(Model model, CompileOptions options) {
        compiled = model.compile(options);
        session = compiled.newSession();
        src = arena.allocate(compiled.srcBytes(), Float.BYTES);
        dst = arena.allocate(compiled.dstBytes(), Float.BYTES);
    }

    CompiledModel compiled() {
        return compiled;
    }

    float[] run(float[] images) {
        MemorySegment.copy(images, 0, src, ValueLayout.JAVA_FLOAT, 0, images.length);
        session.run(src, dst);
        return dst.toArray(ValueLayout.JAVA_FLOAT);
    }

    float[] run(byte[] pixels) {
        MemorySegment.copy(pixels, 0, src, ValueLayout.JAVA_BYTE, 0, pixels.length);
        session.run(src, dst);
        return dst.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Runs on the images of before. */
    void runAgain() {
        session.run(src, dst);
    }

    static float[] images(long seed, CompiledModel compiled) {
        return images(seed, Math.toIntExact(compiled.srcShape().elements()));
    }

    /** Normal values, as normalised images have. */
    static float[] images(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[count];
        for (int i = 0; i < count; i++) {
            images[i] = (float) random.nextGaussian();
        }
        return images;
    }

    @Override
    public void close() {
        session.close();
        compiled.close();
        arena.close();
    }
}
