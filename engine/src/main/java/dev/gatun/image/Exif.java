package dev.gatun.image;

/** Finds the orientation in an EXIF block (a TIFF structure); a malformed block counts as none, as in Pillow. */
final class Exif {
    static final String PREFIX = "Exif\0\0";

    private static final int TAG_ORIENTATION = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private Exif() {}

    /** The orientation said by the block of {@code length} bytes at {@code start}, with or without the Exif prefix. */
    static Orientation orientation(ImageSource source, int start, int length) {
        int tiff = source.startsWith(start, PREFIX) ? start + PREFIX.length() : start;
        int end = start + length;
        if (end - tiff < 8) {
            return Orientation.UPRIGHT;
        }
        if (source.startsWith(tiff, "II*\0")) {
            return orientation(source, tiff, end, false);
        }
        return source.startsWith(tiff, "MM\0*") ? orientation(source, tiff, end, true) : Orientation.UPRIGHT;
    }

    private static Orientation orientation(ImageSource source, int tiff, int end, boolean bigEndian) {
        long directory = tiff + (bigEndian ? source.u32be(tiff + 4) : source.u32le(tiff + 4));
        if (directory + 2 > end) {
            return Orientation.UPRIGHT;
        }
        int entries = u16(source, directory, bigEndian);
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + (long) i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > end) {
                return Orientation.UPRIGHT;
            }
            if (u16(source, entry, bigEndian) == TAG_ORIENTATION) {
                boolean isShort = u16(source, entry + 2, bigEndian) == TYPE_SHORT;
                return isShort ? Orientation.ofCode(u16(source, entry + 8, bigEndian)) : Orientation.UPRIGHT;
            }
        }
        return Orientation.UPRIGHT;
    }

    private static int u16(ImageSource source, long at, boolean bigEndian) {
        return bigEndian ? source.u16be(at) : source.u16le(at);
    }
}
