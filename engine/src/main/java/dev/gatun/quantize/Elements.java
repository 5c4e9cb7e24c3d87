package dev.gatun.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Goes over f32 values block by block through arrays that stay in cache. Belongs to one thread. */
final class Elements {
    private static final int BLOCK = 4096;

    private final float[] block = new float[BLOCK];
    private final float[] other = new float[BLOCK];

    /** Sees values, the first {@code count} of the array. */
    @FunctionalInterface
    interface Visitor {
        void see(float[] values, int count);
    }

    /** Shows the first {@code count} values of {@code data}. */
    void visit(MemorySegment data, long count, Visitor visitor) {
        for (long at = 0; at < count; at += BLOCK) {
            int length = (int) Math.min(BLOCK, count - at);
            load(data, at, block, length);
            visitor.see(block, length);
        }
    }

    /**
     * What follows the sums of a layer, in place.
     *
     * @param residual is added first, if there is one
     * @param relu whether negative values become zero
     * @param grid what is rounded to, if anything
     */
    void finish(MemorySegment data, @Nullable MemorySegment residual, boolean relu, @Nullable Grid grid) {
        if (residual == null && !relu && grid == null) {
            return;
        }
        long count = data.byteSize() / Float.BYTES;
        for (long at = 0; at < count; at += BLOCK) {
            int length = (int) Math.min(BLOCK, count - at);
            load(data, at, block, length);
            if (residual != null) {
                load(residual, at, other, length);
                for (int i = 0; i < length; i++) {
                    block[i] += other[i];
                }
            }
            if (relu) {
                for (int i = 0; i < length; i++) {
                    block[i] = Math.max(block[i], 0);
                }
            }
            if (grid != null) {
                grid.round(block, length);
            }
            MemorySegment.copy(block, 0, data, ValueLayout.JAVA_FLOAT, at * Float.BYTES, length);
        }
    }

    /** Signal and noise of the first {@code count} values: the sums of the squares of {@code expected} and of the differences to it. */
    Noise compare(MemorySegment expected, MemorySegment actual, long count) {
        double signal = 0;
        double noise = 0;
        for (long at = 0; at < count; at += BLOCK) {
            int length = (int) Math.min(BLOCK, count - at);
            load(expected, at, block, length);
            load(actual, at, other, length);
            Noise part = Noise.of(block, other, length);
            signal += part.signal();
            noise += part.noise();
        }
        return new Noise(signal, noise);
    }

    private static void load(MemorySegment data, long at, float[] to, int length) {
        MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, at * Float.BYTES, to, 0, length);
    }
}
