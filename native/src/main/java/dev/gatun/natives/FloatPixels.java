package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Rounds planar f32 images of three channels to bf16, and puts the channels of a pixel next to each other, with a fourth that is zero, inside
 * a border of zeros: ours, {@code src/main/asm/convolution.s}; x86-64 Linux only. Immutable; thread-safe.
 *
 * @param images how many
 * @param height of an image in pixels
 * @param width of an image in pixels
 * @param top rows of border above
 * @param left columns of border to the left
 * @param bottom rows of border below
 * @param right columns of border to the right
 */
public record FloatPixels(long images, long height, long width, long top, long left, long bottom, long right) {
    /** Bytes of a pixel that is written. */
    public static final int PIXEL_BYTES = 8;

    /** Bytes of the arguments. */
    public static final long ARGUMENTS = 80;

    private static final int CHANNELS = 3;

    private static final class Code {
        static final MemorySegment ADDRESS =
                MachineCode.map(Listing.CONVOLUTION).address("pixels");
    }

    /** Why it cannot run in this process, in words; empty if it can. */
    public static Optional<String> obstacle() {
        return CpuFeature.AVX512_BF16.obstacle();
    }

    /** Bytes that are written. */
    public long dstBytes() {
        return images * (top + height + bottom) * (left + width + right) * PIXEL_BYTES;
    }

    /**
     * Fills in {@link #ARGUMENTS} bytes for {@link #run}.
     *
     * @param image in src, before which others are left out
     * @param dst {@link #dstBytes} to write, kept alive by the caller
     */
    public void fill(MemorySegment arguments, long image, MemorySegment dst) {
        if (dst.byteSize() < dstBytes()) {
            throw new IllegalArgumentException("dst has " + dst.byteSize() + " bytes, expected " + dstBytes());
        }
        long plane = height * width * Float.BYTES;
        long columns = left + width + right;
        long[] values = {
            image * CHANNELS * plane,
            dst.address(),
            images,
            height,
            width,
            plane,
            top * columns,
            left,
            right,
            bottom * columns
        };
        MemorySegment.copy(values, 0, arguments, JAVA_LONG, 0, values.length);
    }

    /**
     * Reads the images. Allocates nothing.
     *
     * @param src images [n, 3, h, w]
     * @param arguments of {@link #fill}
     */
    public static void run(MemorySegment src, MemorySegment arguments) {
        MachineCode.call(Code.ADDRESS, src, arguments.address(), 0);
    }
}
