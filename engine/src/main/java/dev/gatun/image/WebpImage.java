package dev.gatun.image;

import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A lossy or lossless WebP, or the first frame of an animated one on its canvas, black where it covers nothing. Alpha
 * is dropped.
 *
 * @param bitstream where the chunk (VP8 or VP8L) with the pixels is
 * @param left where on the canvas the pixels go
 */
record WebpImage(
        ImageSource source, int width, int height, int left, int top, Bitstream bitstream, Orientation orientation)
        implements ParsedImage {
    private static final int RIFF_BYTES = 12;
    private static final int CHUNK_BYTES = 8;
    private static final int FRAME_BYTES = 16;

    /** A VP8 or VP8L chunk: where it starts, how many bytes its data has, and the extents that it states. */
    record Bitstream(int start, int length, int width, int height) {}

    static boolean matches(ImageSource source) {
        return source.startsWith(0, "RIFF") && source.startsWith(8, "WEBP");
    }

    static WebpImage parse(ImageSource source) {
        return new Parser(source).parse();
    }

    /** The pixels' chunk alone in a RIFF of its own: profiles, metadata and alpha decide no sample. */
    @Override
    public RgbImage decode() {
        int padded = bitstream.length() + (bitstream.length() & 1);
        ByteBuffer riff = ByteBuffer.allocate(RIFF_BYTES + CHUNK_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        riff.put(source.bytes(), 0, 4);
        riff.putInt(riff.capacity() - 8);
        riff.put(source.bytes(), 8, 4);
        riff.put(source.bytes(), bitstream.start(), CHUNK_BYTES + bitstream.length());
        return ImageReaders.WEBP.read(
                source, riff.array(), reader -> toRgb(reader.read(0).getRaster()));
    }

    private RgbImage toRgb(Raster raster) {
        int columns = raster.getWidth();
        int rows = raster.getHeight();
        if (columns != bitstream.width() || rows != bitstream.height() || raster.getNumBands() < RgbImage.CHANNELS) {
            throw source.error("broken WebP: header of " + bitstream.width() + "x" + bitstream.height() + ", image of "
                    + columns + "x" + rows);
        }
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        int bands = raster.getNumBands();
        int[] row = new int[columns * bands];
        for (int y = 0; y < rows; y++) {
            raster.getPixels(0, y, columns, 1, row);
            int to = ((top + y) * width + left) * RgbImage.CHANNELS;
            for (int from = 0; from < row.length; from += bands, to += RgbImage.CHANNELS) {
                rgb[to] = (byte) row[from];
                rgb[to + 1] = (byte) row[from + 1];
                rgb[to + 2] = (byte) row[from + 2];
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** Walks the RIFF chunks (WebP container specification). */
    private static final class Parser {
        private final ImageSource source;
        private int width;
        private int height;
        private int left;
        private int top;
        private @Nullable Bitstream bitstream;
        private Orientation orientation = Orientation.UPRIGHT;

        Parser(ImageSource source) {
            this.source = source;
        }

        WebpImage parse() {
            walk(RIFF_BYTES, (int) Math.min(source.length(), source.u32le(4) + 8));
            Bitstream found = bitstream;
            if (found == null) {
                throw source.error("broken WebP: no VP8 or VP8L chunk");
            }
            int canvasWidth = width == 0 ? found.width() : width;
            int canvasHeight = height == 0 ? found.height() : height;
            if (left + found.width() > canvasWidth || top + found.height() > canvasHeight) {
                throw source.error("broken WebP: frame of " + found.width() + "x" + found.height() + " at (" + left
                        + ", " + top + ") of a canvas of " + canvasWidth + "x" + canvasHeight);
            }
            return new WebpImage(source, canvasWidth, canvasHeight, left, top, found, orientation);
        }

        private void walk(int from, int end) {
            long at = from;
            while (at + CHUNK_BYTES <= end) {
                long length = source.u32le(at + 4);
                int data = source.require(at + CHUNK_BYTES, length);
                if (source.startsWith(at, "VP8X")) {
                    width = source.u24le(data + 4) + 1;
                    height = source.u24le(data + 7) + 1;
                } else if (source.startsWith(at, "ANMF") && bitstream == null) {
                    left = 2 * source.u24le(data);
                    top = 2 * source.u24le(data + 3);
                    walk(data + FRAME_BYTES, data + (int) length);
                } else if (source.startsWith(at, "VP8 ") && bitstream == null) {
                    bitstream = lossy((int) at, data, (int) length);
                } else if (source.startsWith(at, "VP8L") && bitstream == null) {
                    bitstream = lossless((int) at, data, (int) length);
                } else if (source.startsWith(at, "EXIF")) {
                    orientation = Exif.orientation(source, data, (int) length);
                }
                at = data + length + (length & 1);
            }
        }

        private Bitstream lossy(int start, int data, int length) {
            boolean keyFrame = (source.u8(data) & 1) == 0;
            if (!keyFrame || source.u24le(data + 3) != 0x2a019d) {
                throw source.error("broken WebP: no VP8 key frame");
            }
            return new Bitstream(start, length, source.u16le(data + 6) & 0x3fff, source.u16le(data + 8) & 0x3fff);
        }

        private Bitstream lossless(int start, int data, int length) {
            if (source.u8(data) != 0x2f) {
                throw source.error("broken WebP: no VP8L signature");
            }
            int extents = source.s32le(data + 1);
            return new Bitstream(start, length, (extents & 0x3fff) + 1, (extents >>> 14 & 0x3fff) + 1);
        }
    }
}
