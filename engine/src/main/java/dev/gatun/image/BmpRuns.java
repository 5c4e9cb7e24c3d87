package dev.gatun.image;

/** Decodes BI_RLE8 and BI_RLE4: palette indices from the bottom row up, 0 where nothing is drawn. */
final class BmpRuns {
    private static final int END_OF_LINE = 0;
    private static final int END_OF_BITMAP = 1;
    private static final int DELTA = 2;

    private final ImageSource source;
    private final BmpHeader header;
    private final byte[] indices;
    private int at;
    private int x;
    private int y;

    BmpRuns(ImageSource source, BmpHeader header) {
        this.source = source;
        this.header = header;
        this.indices = new byte[header.width() * header.height()];
        this.at = header.pixelStart();
    }

    byte[] decode() {
        while (y < header.height()) {
            int count = source.u8(at);
            int value = source.u8(at + 1);
            at += 2;
            if (count > 0) {
                run(count, value);
            } else if (value == END_OF_LINE) {
                x = 0;
                y++;
            } else if (value == END_OF_BITMAP) {
                break;
            } else if (value == DELTA) {
                x += source.u8(at);
                y += source.u8(at + 1);
                at += 2;
            } else {
                literal(value);
            }
        }
        return indices;
    }

    private void run(int count, int value) {
        for (int i = 0; i < count; i++) {
            put(nibbles() && (i & 1) == 0 ? value >> 4 : value);
        }
    }

    private void literal(int count) {
        int bytes = nibbles() ? (count + 1) / 2 : count;
        int start = source.require(at, bytes);
        for (int i = 0; i < count; i++) {
            int value = source.u8(nibbles() ? start + i / 2 : start + i);
            put(nibbles() && (i & 1) == 0 ? value >> 4 : value);
        }
        at += bytes + (bytes & 1);
    }

    /** Runs past the end of a row are cut there, as in Pillow. */
    private void put(int value) {
        if (x < header.width()) {
            indices[y * header.width() + x] = (byte) (nibbles() ? value & 0xf : value);
            x++;
        }
    }

    private boolean nibbles() {
        return header.bits() == 4;
    }
}
