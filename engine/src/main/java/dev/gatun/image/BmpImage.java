package dev.gatun.image;

/**
 * A Windows or OS/2 bitmap of 1, 4, 8, 16, 24 or 32 bits, plain or run-length encoded. Alpha is dropped. Read here
 * rather than by ImageIO, which follows linked profiles and embedded JPEG and PNG files past the limits.
 */
record BmpImage(ImageSource source, BmpHeader header) implements ParsedImage {
    static boolean matches(ImageSource source) {
        return source.startsWith(0, "BM");
    }

    static BmpImage parse(ImageSource source) {
        return new BmpImage(source, BmpHeader.parse(source));
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
        return Orientation.UPRIGHT;
    }

    @Override
    public RgbImage decode() {
        byte[] rgb = new byte[RgbImage.byteSize(width(), height())];
        if (header.runLength()) {
            byte[] indices = new BmpRuns(source, header).decode();
            Palettes.putRow(indices, header.palette(), rgb, 0);
            return new RgbImage(width(), height(), flipped(rgb));
        }
        long stride = ((long) width() * header.bits() + 31) / 32 * 4;
        // the padding of the last row in the file may be missing, as in Pillow
        source.require(header.pixelStart(), stride * (height() - 1) + ((long) width() * header.bits() + 7) / 8);
        for (int y = 0; y < height(); y++) {
            long row = header.topDown() ? y : height() - 1 - y;
            int from = (int) (header.pixelStart() + row * stride);
            int to = y * width() * RgbImage.CHANNELS;
            switch (header.bits()) {
                case 16, 32 -> putMasked(from, rgb, to);
                case 24 -> putBgr(from, rgb, to);
                default -> putIndexed(from, rgb, to);
            }
        }
        return new RgbImage(width(), height(), rgb);
    }

    private void putIndexed(int from, byte[] rgb, int at) {
        int bits = header.bits();
        int mask = (1 << bits) - 1;
        byte[] bytes = source.bytes();
        for (int x = 0, to = at; x < width(); x++, to += RgbImage.CHANNELS) {
            int bit = x * bits;
            int index = (bytes[from + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask;
            System.arraycopy(header.palette(), index * 3, rgb, to, 3);
        }
    }

    private void putBgr(int from, byte[] rgb, int at) {
        byte[] bytes = source.bytes();
        int end = at + width() * RgbImage.CHANNELS;
        for (int to = at, next = from; to < end; to += RgbImage.CHANNELS, next += 3) {
            rgb[to] = bytes[next + 2];
            rgb[to + 1] = bytes[next + 1];
            rgb[to + 2] = bytes[next];
        }
    }

    private void putMasked(int from, byte[] rgb, int at) {
        int bytesPerPixel = header.bits() / 8;
        BmpHeader.Mask red = header.masks().get(0);
        BmpHeader.Mask green = header.masks().get(1);
        BmpHeader.Mask blue = header.masks().get(2);
        for (int x = 0, to = at, next = from; x < width(); x++, to += RgbImage.CHANNELS, next += bytesPerPixel) {
            int pixel = bytesPerPixel == 2 ? source.u16le(next) : source.s32le(next);
            rgb[to] = red.sample(pixel);
            rgb[to + 1] = green.sample(pixel);
            rgb[to + 2] = blue.sample(pixel);
        }
    }

    private byte[] flipped(byte[] rgb) {
        int stride = width() * RgbImage.CHANNELS;
        byte[] out = new byte[rgb.length];
        for (int y = 0; y < height(); y++) {
            System.arraycopy(rgb, y * stride, out, (height() - 1 - y) * stride, stride);
        }
        return out;
    }
}
