package dev.gatun.plan;

import dev.gatun.natives.FloatPixels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Rounds planar f32 images to bf16 inside a border, for a first convolution on tiles.
 *
 * @param pixels what is read and written
 */
record FloatPadder(FloatPixels pixels) implements PixelReader {
    /** Channels of a pixel that is read. */
    static final int CHANNELS = 3;

    /** Channels of a pixel that is written. */
    static final int PADDED_CHANNELS = FloatPixels.PIXEL_BYTES / Short.BYTES;

    @Override
    public String implementation() {
        return "pad bf16";
    }

    @Override
    public long dstBytes() {
        return pixels.dstBytes();
    }

    @Override
    public void run(MemorySegment src, long image, MemorySegment dst) {
        try (Arena arena = Arena.ofConfined()) {
            bind(arena, image, dst).accept(src);
        }
    }

    @Override
    public Consumer<MemorySegment> bind(Arena arena, long image, MemorySegment dst) {
        MemorySegment arguments = arena.allocate(FloatPixels.ARGUMENTS, Long.BYTES);
        pixels.fill(arguments, image, dst);
        return src -> FloatPixels.run(src, arguments);
    }
}
