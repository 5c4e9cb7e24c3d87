package dev.gatun.image;

import java.awt.image.Raster;
import java.util.Arrays;

/**
 * The first frame of a GIF on its logical screen, which is widened where the frame is larger. What the frame leaves
 * uncovered is the transparent index if there is one, else index 0, as in Pillow.
 *
 * @param frame where the image descriptor is
 * @param background the index of what the frame does not cover
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GifImage(ImageSource source, int width, int height, int headerBytes, int frame, int background, byte[] palette)
        implements ParsedImage {
    private static final int SCREEN_BYTES = 13;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int DESCRIPTOR = 0x2c;
    private static final int DESCRIPTOR_BYTES = 10;

    static boolean matches(ImageSource source) {
        return source.startsWith(0, "GIF87a") || source.startsWith(0, "GIF89a");
    }

    static GifImage parse(ImageSource source) {
        int globalEntries = paletteEntries(source.u8(10));
        int at = SCREEN_BYTES + globalEntries * 3;
        source.require(0, at);
        int headerBytes = at;
        int background = 0;
        while (source.u8(at) == EXTENSION) {
            if (source.u8(at + 1) == GRAPHIC_CONTROL && source.u8(at + 2) == 4 && (source.u8(at + 3) & 1) != 0) {
                background = source.u8(at + 6);
            }
            at += 2;
            while (source.u8(at) != 0) {
                at += 1 + source.u8(at);
            }
            at++;
        }
        if (source.u8(at) != DESCRIPTOR) {
            throw source.error("broken GIF: no frame");
        }
        int localEntries = paletteEntries(source.u8(at + 9));
        byte[] palette = Palettes.gray();
        if (localEntries > 0) {
            palette = Palettes.rgb(source, at + DESCRIPTOR_BYTES, localEntries);
        } else if (globalEntries > 0) {
            palette = Palettes.rgb(source, SCREEN_BYTES, globalEntries);
        }
        int width = Math.max(source.u16le(6), source.u16le(at + 1) + source.u16le(at + 5));
        int height = Math.max(source.u16le(8), source.u16le(at + 3) + source.u16le(at + 7));
        return new GifImage(source, width, height, headerBytes, at, background, palette);
    }

    private static int paletteEntries(int flags) {
        return (flags & 0x80) == 0 ? 0 : 2 << (flags & 7);
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    @Override
    public RgbImage decode() {
        if (source.u16le(frame + 5) == 0 || source.u16le(frame + 7) == 0) {
            throw source.error("broken GIF: empty frame");
        }
        byte[] stream = Arrays.copyOf(source.bytes(), headerBytes + source.length() - frame);
        System.arraycopy(source.bytes(), frame, stream, headerBytes, source.length() - frame);
        return ImageReaders.GIF.read(
                source, stream, reader -> toRgb(reader.read(0).getRaster()));
    }

    private RgbImage toRgb(Raster raster) {
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        byte[] uncovered = new byte[width];
        Arrays.fill(uncovered, (byte) background);
        byte[] row = new byte[raster.getWidth()];
        int left = source.u16le(frame + 1);
        int top = source.u16le(frame + 3);
        for (int y = 0; y < height; y++) {
            int at = y * width * RgbImage.CHANNELS;
            Palettes.putRow(uncovered, palette, rgb, at);
            if (y >= top && y < top + raster.getHeight()) {
                raster.getDataElements(0, y - top, row.length, 1, row);
                Palettes.putRow(row, palette, rgb, at + left * RgbImage.CHANNELS);
            }
        }
        return new RgbImage(width, height, rgb);
    }
}
