package dev.gatun.plan;

import dev.gatun.onednn.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns pixels of 0 to 255 into normalised values by one table for each channel, so that every value is the very one that
 * normalising in f32 and then rounding gives. Immutable; thread-safe.
 */
final class PixelNormalizer implements PixelReader {
    private static final int LEVELS = 256;

    private final int images;
    private final int channels;
    private final int pixels;
    private final boolean srcChannelsLast;
    private final boolean dstChannelsLast;
    private final DataType dstType;
    private final int[][] bits;

    /**
     * @param tables [channels][256] f32 value of every level
     */
    PixelNormalizer(
            float[][] tables,
            long images,
            long pixels,
            boolean srcChannelsLast,
            boolean dstChannelsLast,
            DataType dstType) {
        this.images = Math.toIntExact(images);
        this.channels = tables.length;
        this.pixels = Math.toIntExact(pixels);
        this.srcChannelsLast = srcChannelsLast;
        this.dstChannelsLast = dstChannelsLast;
        this.dstType = dstType;
        this.bits = new int[channels][LEVELS];
        for (int c = 0; c < channels; c++) {
            for (int level = 0; level < LEVELS; level++) {
                bits[c][level] = bits(tables[c][level]);
            }
        }
    }

    private int bits(float value) {
        return switch (dstType) {
            case F32 -> Float.floatToRawIntBits(value);
            case BF16 -> Rounding.bf16Bits(value);
            case F16 -> Float.floatToFloat16(value);
            default -> throw new IllegalArgumentException("pixels are normalised to f32, bf16 or f16, not " + dstType);
        };
    }

    @Override
    public String implementation() {
        return "table";
    }

    @Override
    public long dstBytes() {
        return (long) images * channels * pixels * (dstType == DataType.F32 ? Float.BYTES : Short.BYTES);
    }

    @Override
    public void run(MemorySegment src, long image, MemorySegment dst) {
        long imageSize = (long) channels * pixels;
        for (int n = 0; n < images; n++) {
            for (int c = 0; c < channels; c++) {
                long from = (image + n) * imageSize + (srcChannelsLast ? c : (long) c * pixels);
                long to = n * imageSize + (dstChannelsLast ? c : (long) c * pixels);
                if (dstType == DataType.F32) {
                    plane32(src, from, dst, to, bits[c]);
                } else {
                    plane16(src, from, dst, to, bits[c]);
                }
            }
        }
    }

    private void plane32(MemorySegment src, long from, MemorySegment dst, long to, int[] table) {
        int srcStep = srcChannelsLast ? channels : 1;
        int dstStep = dstChannelsLast ? channels : 1;
        for (int p = 0; p < pixels; p++) {
            int level = src.get(ValueLayout.JAVA_BYTE, from + (long) p * srcStep) & 0xff;
            dst.setAtIndex(ValueLayout.JAVA_INT, to + (long) p * dstStep, table[level]);
        }
    }

    private void plane16(MemorySegment src, long from, MemorySegment dst, long to, int[] table) {
        int srcStep = srcChannelsLast ? channels : 1;
        int dstStep = dstChannelsLast ? channels : 1;
        for (int p = 0; p < pixels; p++) {
            int level = src.get(ValueLayout.JAVA_BYTE, from + (long) p * srcStep) & 0xff;
            dst.setAtIndex(ValueLayout.JAVA_SHORT, to + (long) p * dstStep, (short) table[level]);
        }
    }
}
