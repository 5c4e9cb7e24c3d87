package dev.gatun.image;

import java.util.List;

/**
 * The headers of a bitmap file: BITMAPFILEHEADER, then BITMAPCOREHEADER (12 bytes) or BITMAPINFOHEADER (40) and its
 * longer successors (52, 56, 64, 108, 124).
 *
 * @param bits bits a pixel
 * @param runLength whether the indices are run-length encoded
 * @param masks where red, green and blue are in a pixel of 16 or 32 bits
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BmpHeader(
        int width,
        int height,
        boolean topDown,
        int bits,
        boolean runLength,
        int pixelStart,
        byte[] palette,
        List<Mask> masks) {
    private static final int FILE_HEADER = 14;
    private static final int CORE_HEADER = 12;
    private static final int INFO_HEADER = 40;
    private static final List<Integer> HEADERS = List.of(CORE_HEADER, INFO_HEADER, 52, 56, 64, 108, 124);
    private static final List<Integer> DEPTHS = List.of(1, 4, 8, 16, 24, 32);

    private static final int PLAIN = 0;
    private static final int RUNS_8 = 1;
    private static final int RUNS_4 = 2;
    private static final int BIT_FIELDS = 3;

    private static final List<Mask> MASKS_16 = List.of(new Mask(0x7c00), new Mask(0x3e0), new Mask(0x1f));
    private static final List<Mask> MASKS_32 = List.of(new Mask(0xff0000), new Mask(0xff00), new Mask(0xff));

    /** Adjacent bits of a pixel that hold one sample. */
    record Mask(int bits) {
        /** The sample scaled to 0..255, rounded down as in Pillow's Unpack.c. */
        byte sample(int pixel) {
            if (bits == 0) {
                return 0;
            }
            long most = Integer.toUnsignedLong(bits) >>> shift();
            long value = Integer.toUnsignedLong(pixel & bits) >>> shift();
            return (byte) (value * 255 / most);
        }

        private int shift() {
            return Integer.numberOfTrailingZeros(bits);
        }
    }

    static BmpHeader parse(ImageSource source) {
        long headerBytes = source.u32le(FILE_HEADER);
        if (headerBytes > 124 || !HEADERS.contains((int) headerBytes)) {
            throw source.error("BMP with a header of " + headerBytes + " bytes; readable are " + HEADERS);
        }
        int size = (int) headerBytes;
        boolean core = size == CORE_HEADER;
        int info = FILE_HEADER;
        int width = core ? source.u16le(info + 4) : source.s32le(info + 4);
        int signedHeight = core ? source.u16le(info + 6) : source.s32le(info + 8);
        int bits = source.u16le(info + (core ? 10 : 14));
        long compression = core ? PLAIN : source.u32le(info + 16);
        long colors = core ? 0 : source.u32le(info + 32);
        if (!DEPTHS.contains(bits)) {
            throw source.error("BMP of " + bits + " bits a pixel; readable are " + DEPTHS);
        }
        if (width < 1 || signedHeight == Integer.MIN_VALUE) {
            throw source.error("BMP of " + width + "x" + signedHeight);
        }
        boolean topDown = signedHeight < 0;
        boolean runs = compression == runsOf(bits);
        boolean fields = compression == BIT_FIELDS && bits >= 16 && bits != 24;
        if (runs ? topDown : compression != PLAIN && !fields) {
            throw source.error("BMP of " + bits + " bits with compression " + compression
                    + (topDown ? ", top-down" : "") + "; readable are plain, run-length and bit-field ones");
        }
        int masksAt = info + INFO_HEADER;
        int tables = info + size + (fields && size == INFO_HEADER ? 12 : 0);
        byte[] palette = new byte[0];
        if (bits <= 8) {
            int entries = colors == 0 ? 1 << bits : (int) Math.min(colors, 1 << bits);
            palette = palette(source, tables, entries, core ? 3 : 4);
        }
        return new BmpHeader(
                width,
                Math.abs(signedHeight),
                topDown,
                bits,
                runs,
                source.require(source.u32le(10), 1),
                palette,
                fields ? masks(source, masksAt) : bits == 16 ? MASKS_16 : MASKS_32);
    }

    /** The run-length encoding of a depth, -1 for none. */
    private static int runsOf(int bits) {
        return switch (bits) {
            case 8 -> RUNS_8;
            case 4 -> RUNS_4;
            default -> -1;
        };
    }

    private static List<Mask> masks(ImageSource source, int at) {
        return List.of(new Mask(source.s32le(at)), new Mask(source.s32le(at + 4)), new Mask(source.s32le(at + 8)));
    }

    private static byte[] palette(ImageSource source, int at, int entries, int entryBytes) {
        source.require(at, (long) entries * entryBytes);
        byte[] palette = new byte[256 * 3];
        for (int i = 0; i < entries; i++) {
            palette[3 * i] = (byte) source.u8(at + i * entryBytes + 2L);
            palette[3 * i + 1] = (byte) source.u8(at + i * entryBytes + 1L);
            palette[3 * i + 2] = (byte) source.u8(at + (long) i * entryBytes);
        }
        return palette;
    }
}
