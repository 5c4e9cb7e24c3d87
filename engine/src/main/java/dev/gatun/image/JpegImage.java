package dev.gatun.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** A baseline, extended or progressive Huffman JPEG of 8-bit samples in one, three or four components. */
record JpegImage(ImageSource source, JpegHeader header, JpegColor color) implements ParsedImage {
    /** More scans than any encoder writes; each one costs a pass over the whole image, however few bytes it has. */
    private static final int MOST_SCANS = 100;

    static boolean matches(ImageSource source) {
        return source.startsWith(0, new byte[] {(byte) 0xff, (byte) JpegMarker.SOI, (byte) 0xff});
    }

    static JpegImage parse(ImageSource source) {
        JpegHeader header = JpegHeader.parse(source);
        return new JpegImage(source, header, JpegColor.of(source, header));
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public Orientation orientation() {
        return header.orientation();
    }

    @Override
    public RgbImage decode() {
        if (header.progressive()) {
            requireFewScans();
        }
        byte[] stream = header.withoutMetadata(source);
        byte[] samples = ImageReaders.JPEG.read(source, stream, reader -> samples(reader.readRaster(0, null)));
        return new RgbImage(width(), height(), color.toRgb(samples));
    }

    /** The raster's own array: the JDK's reader fills one of exactly this form, so nothing needs copying. */
    private byte[] samples(Raster raster) {
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        int components = header.componentIds().size();
        if (raster.getWidth() != width()
                || raster.getHeight() != height()
                || samples.length != (long) width() * height() * components) {
            throw source.error("broken JPEG: header of " + width() + "x" + height() + "x" + components + ", image of "
                    + raster.getWidth() + "x" + raster.getHeight() + "x" + raster.getNumBands());
        }
        return samples;
    }

    private void requireFewScans() {
        byte[] bytes = source.bytes();
        int scans = 0;
        for (int at = header.scanStart(); at + 1 < bytes.length; at++) {
            if (bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) JpegMarker.SOS && ++scans > MOST_SCANS) {
                throw source.error("JPEG of more than " + MOST_SCANS + " scans");
            }
        }
    }
}
