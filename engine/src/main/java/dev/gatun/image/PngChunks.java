package dev.gatun.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Walks the chunks of a PNG (PNG specification, third edition, section 5). */
final class PngChunks {
    private static final int SIGNATURE_BYTES = 8;
    private static final int IHDR_BYTES = 13;
    /** Length, type and checksum around a chunk's data. */
    private static final int FRAME_BYTES = 12;

    /** The depths that each colour type 0 to 6 allows, bit {@code n} for {@code n} bits; 0 for types that do not exist. */
    private static final int[] DEPTHS = {0x10116, 0, 0x10100, 0x116, 0x10100, 0, 0x10100};

    private final ImageSource source;
    private final List<Chunk> data = new ArrayList<>();
    private int paletteStart;
    private int paletteBytes;
    private Orientation orientation = Orientation.UPRIGHT;

    private record Chunk(int start, int length) {}

    PngChunks(ImageSource source) {
        this.source = source;
    }

    PngImage parse() {
        if (source.u32be(SIGNATURE_BYTES) != IHDR_BYTES || !source.startsWith(SIGNATURE_BYTES + 4, "IHDR")) {
            throw source.error("broken PNG: does not start with an IHDR chunk of 13 bytes");
        }
        int header = SIGNATURE_BYTES + 8;
        verify(header, IHDR_BYTES);
        long width = source.u32be(header);
        long height = source.u32be(header + 4);
        int bitDepth = source.u8(header + 8);
        int colorType = source.u8(header + 9);
        if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw source.error("broken PNG: extents of " + width + "x" + height);
        }
        if (colorType >= DEPTHS.length || bitDepth > 16 || (DEPTHS[colorType] & (1 << bitDepth)) == 0) {
            throw source.error("broken PNG: colour type " + colorType + " of " + bitDepth + " bits");
        }
        if (source.u8(header + 10) != 0 || source.u8(header + 11) != 0 || source.u8(header + 12) > 1) {
            throw source.error("broken PNG: unknown compression, filter or interlace method");
        }
        walk(header + IHDR_BYTES + 4);
        if (data.isEmpty()) {
            throw source.error("broken PNG: no pixel data");
        }
        if (colorType == PngImage.COLOR_PALETTE && paletteBytes == 0) {
            throw source.error("broken PNG: palette image without a palette");
        }
        byte[] palette = Palettes.rgb(source, paletteStart, paletteBytes / 3);
        return new PngImage(
                source, (int) width, (int) height, bitDepth, colorType, palette, reduced(header), orientation);
    }

    private void walk(int from) {
        int at = from;
        // a file that ends after its pixel data lacks nothing that is used
        while (data.isEmpty() || at < source.length()) {
            long length = source.u32be(at);
            if (length > source.length()) {
                throw source.error("truncated PNG: chunk of " + length + " bytes at " + at);
            }
            int start = source.require(at + 8L, length);
            if (source.startsWith(at + 4, "IDAT")) {
                data.add(new Chunk(start, (int) length));
            } else if (source.startsWith(at + 4, "IEND")) {
                return;
            } else if (source.startsWith(at + 4, "PLTE")) {
                verify(start, (int) length);
                paletteStart = start;
                paletteBytes = (int) length;
            } else if (source.startsWith(at + 4, "eXIf")) {
                orientation = Exif.orientation(source, start, (int) length);
            }
            at = start + (int) length + 4;
        }
    }

    private void verify(int start, int length) {
        source.require(start, length + 4L);
        CRC32 crc = new CRC32();
        crc.update(source.bytes(), start - 4, length + 4);
        if (crc.getValue() != source.u32be(start + length)) {
            throw source.error("broken PNG: checksum of the chunk at " + (start - 8) + " differs");
        }
    }

    private byte[] reduced(int header) {
        int dataBytes = data.stream().mapToInt(Chunk::length).sum();
        ByteBuffer out = ByteBuffer.allocate(SIGNATURE_BYTES
                + FRAME_BYTES
                + IHDR_BYTES
                + (paletteBytes == 0 ? 0 : FRAME_BYTES + paletteBytes)
                + FRAME_BYTES
                + dataBytes
                + FRAME_BYTES);
        out.put(source.bytes(), 0, SIGNATURE_BYTES);
        put(out, "IHDR", List.of(new Chunk(header, IHDR_BYTES)));
        if (paletteBytes > 0) {
            put(out, "PLTE", List.of(new Chunk(paletteStart, paletteBytes)));
        }
        put(out, "IDAT", data);
        put(out, "IEND", List.of());
        return out.array();
    }

    private void put(ByteBuffer out, String type, List<Chunk> parts) {
        int length = parts.stream().mapToInt(Chunk::length).sum();
        byte[] typeBytes = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(typeBytes);
        out.putInt(length).put(typeBytes);
        for (Chunk part : parts) {
            out.put(source.bytes(), part.start(), part.length());
            crc.update(source.bytes(), part.start(), part.length());
        }
        out.putInt((int) crc.getValue());
    }
}
