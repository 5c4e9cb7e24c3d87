package dev.gatun.image;

/** Palettes as 256 RGB triples; entries that the file does not have are black, as in Pillow. */
final class Palettes {
    private static final int ENTRIES = 256;

    private Palettes() {}

    /** {@code entries} palette entries of three bytes in file order. */
    static byte[] rgb(ImageSource source, int start, int entries) {
        byte[] palette = new byte[ENTRIES * 3];
        int bytes = Math.min(entries, ENTRIES) * 3;
        System.arraycopy(source.bytes(), source.require(start, bytes), palette, 0, bytes);
        return palette;
    }

    /** The grays 0 to 255. */
    static byte[] gray() {
        byte[] palette = new byte[ENTRIES * 3];
        for (int i = 0; i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
        return palette;
    }

    /** Writes the colours of a row of indices to {@code rgb} from {@code at}. */
    static void putRow(byte[] indices, byte[] palette, byte[] rgb, int at) {
        int to = at;
        for (byte index : indices) {
            System.arraycopy(palette, (index & 0xff) * 3, rgb, to, 3);
            to += 3;
        }
    }
}
