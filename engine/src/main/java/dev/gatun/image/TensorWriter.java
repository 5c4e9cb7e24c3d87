package dev.gatun.image;

import dev.gatun.spec.InputFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes HWC samples in an {@link InputFormat}, a row at a time through a buffer. Belongs to one thread at a time. */
final class TensorWriter {
    private final ChannelOrder order;
    private final float[][] tables;
    private float[] floats = new float[0];
    private byte[] bytes = new byte[0];

    TensorWriter(Normalization normalization) {
        this.order = normalization.order();
        this.tables = normalization.tables();
    }

    /** Bytes of one image of these extents. */
    static long imageBytes(InputFormat format, int width, int height) {
        return (long) RgbImage.byteSize(width, height) * format.elementBytes();
    }

    /** Checks that an image of these extents can be written there. */
    static void check(int width, int height, InputFormat format, MemorySegment dst, long byteOffset) {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("dst is read-only");
        }
        long imageBytes = imageBytes(format, width, height);
        if (byteOffset < 0 || byteOffset > dst.byteSize() - imageBytes) {
            throw new IndexOutOfBoundsException(format + " image of " + width + "x" + height + " takes " + imageBytes
                    + " bytes at offset " + byteOffset + ", dst has " + dst.byteSize());
        }
    }

    void write(byte[] rgb, int width, int height, InputFormat format, MemorySegment dst, long byteOffset) {
        int rowSamples = (format.planar() ? 1 : RgbImage.CHANNELS) * width;
        int planes = format.planar() ? RgbImage.CHANNELS : 1;
        boolean asFloat = format.elementBytes() == Float.BYTES;
        reserve(rowSamples, asFloat);
        long rowBytes = (long) rowSamples * format.elementBytes();
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < height; y++) {
                int from = y * width * RgbImage.CHANNELS;
                for (int c = 0; c < RgbImage.CHANNELS / planes; c++) {
                    int step = format.planar() ? 1 : RgbImage.CHANNELS;
                    gather(rgb, from + order.source(plane + c), width, plane + c, c, step, asFloat);
                }
                long at = byteOffset + (plane * (long) height + y) * rowBytes;
                if (asFloat) {
                    MemorySegment.copy(floats, 0, dst, ValueLayout.JAVA_FLOAT_UNALIGNED, at, rowSamples);
                } else {
                    MemorySegment.copy(bytes, 0, dst, ValueLayout.JAVA_BYTE, at, rowSamples);
                }
            }
        }
    }

    /** One channel of a row into the row buffer, each sample {@code step} after the one before. */
    private void gather(byte[] rgb, int from, int width, int channel, int at, int step, boolean asFloat) {
        int in = from;
        int out = at;
        if (asFloat) {
            float[] table = tables[channel];
            for (int x = 0; x < width; x++, in += RgbImage.CHANNELS, out += step) {
                floats[out] = table[rgb[in] & 0xff];
            }
        } else {
            for (int x = 0; x < width; x++, in += RgbImage.CHANNELS, out += step) {
                bytes[out] = rgb[in];
            }
        }
    }

    private void reserve(int samples, boolean asFloat) {
        if (asFloat && floats.length < samples) {
            floats = new float[samples];
        } else if (!asFloat && bytes.length < samples) {
            bytes = new byte[samples];
        }
    }
}
