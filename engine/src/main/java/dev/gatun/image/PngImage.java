package dev.gatun.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * A PNG of any colour type and depth. Alpha and transparent colours are dropped, 16-bit samples keep their high byte.
 * The checksums of the header and the palette are verified, those of the pixel data are not, as in Pillow.
 *
 * @param stream the file reduced to IHDR, PLTE, one IDAT and IEND: no other chunk decides a sample, and ImageIO would
 *     inflate texts and profiles
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PngImage(
        ImageSource source,
        int width,
        int height,
        int bitDepth,
        int colorType,
        byte[] palette,
        byte[] stream,
        Orientation orientation)
        implements ParsedImage {
    static final int COLOR_PALETTE = 3;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    static boolean matches(ImageSource source) {
        return source.startsWith(0, SIGNATURE);
    }

    static PngImage parse(ImageSource source) {
        return new PngChunks(source).parse();
    }

    @Override
    public RgbImage decode() {
        return ImageReaders.PNG.read(
                source, stream, reader -> toRgb(reader.read(0).getRaster()));
    }

    private RgbImage toRgb(Raster raster) {
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        int bands = raster.getNumBands();
        boolean wide = raster.getTransferType() == DataBuffer.TYPE_USHORT;
        short[] wideRow = wide ? new short[width * bands] : null;
        byte[] row = new byte[width * bands];
        for (int y = 0; y < height; y++) {
            if (wideRow == null) {
                raster.getDataElements(0, y, width, 1, row);
            } else {
                raster.getDataElements(0, y, width, 1, wideRow);
                for (int i = 0; i < row.length; i++) {
                    row[i] = (byte) (wideRow[i] >> 8);
                }
            }
            putRow(row, bands, rgb, y * width * RgbImage.CHANNELS);
        }
        return new RgbImage(width, height, rgb);
    }

    private void putRow(byte[] row, int bands, byte[] rgb, int at) {
        if (colorType == COLOR_PALETTE) {
            Palettes.putRow(row, palette, rgb, at);
        } else if (bands >= RgbImage.CHANNELS) {
            for (int from = 0, to = at; from < row.length; from += bands, to += RgbImage.CHANNELS) {
                rgb[to] = row[from];
                rgb[to + 1] = row[from + 1];
                rgb[to + 2] = row[from + 2];
            }
        } else {
            int scale = bitDepth < 8 ? 255 / ((1 << bitDepth) - 1) : 1;
            for (int from = 0, to = at; from < row.length; from += bands, to += RgbImage.CHANNELS) {
                byte v = (byte) (row[from] * scale);
                rgb[to] = v;
                rgb[to + 1] = v;
                rgb[to + 2] = v;
            }
        }
    }
}
