package dev.gatun.image;

/** The second bytes of the markers of ITU-T T.81 table B.1 that decide anything here. */
final class JpegMarker {
    static final int TEM = 0x01;
    static final int SOF0 = 0xc0;
    static final int SOF1 = 0xc1;
    static final int SOF2 = 0xc2;
    static final int SOF15 = 0xcf;
    static final int DHT = 0xc4;
    static final int JPG = 0xc8;
    static final int DAC = 0xcc;
    static final int RST0 = 0xd0;
    static final int RST7 = 0xd7;
    static final int SOI = 0xd8;
    static final int EOI = 0xd9;
    static final int SOS = 0xda;
    static final int APP0 = 0xe0;
    static final int APP1 = 0xe1;
    static final int APP14 = 0xee;
    static final int APP15 = 0xef;
    static final int COM = 0xfe;

    private JpegMarker() {}

    /** A marker without a length. */
    static boolean standsAlone(int marker) {
        return marker == TEM || (marker >= RST0 && marker <= RST7);
    }

    static boolean isFrame(int marker) {
        return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
    }

    /** Application data and comments: nothing that an entropy decoder needs. */
    static boolean isMetadata(int marker) {
        return (marker >= APP0 && marker <= APP15) || marker == COM;
    }

    /** What a frame marker that cannot be decoded stands for. */
    static String frameName(int marker) {
        return switch (marker) {
            case 0xc3 -> "lossless";
            case 0xc5, 0xc6, 0xc7 -> "hierarchical";
            case 0xc9, 0xca -> "arithmetic-coded";
            case 0xcb -> "lossless arithmetic-coded";
            default -> "hierarchical arithmetic-coded";
        };
    }
}
