package dev.gatun.image;

import java.util.ArrayList;
import java.util.List;

/**
 * What a JPEG says before its first scan.
 *
 * @param frame the frame marker: SOF0, SOF1 or SOF2
 * @param componentIds the identifiers of its one, three or four components
 * @param jfif whether it has a JFIF marker
 * @param adobeTransform the colour transform of its Adobe marker, -1 without one
 * @param tables the segments that decode needs (quantisation and Huffman tables, frame, restart interval)
 * @param scanStart where the first scan's marker is
 */
record JpegHeader(
        int frame,
        int width,
        int height,
        List<Integer> componentIds,
        boolean jfif,
        int adobeTransform,
        Orientation orientation,
        List<Segment> tables,
        int scanStart) {
    static final int NO_ADOBE = -1;

    /** Bytes of the file from a marker to the end of its segment. */
    record Segment(int start, int length) {}

    boolean progressive() {
        return frame == JpegMarker.SOF2;
    }

    static JpegHeader parse(ImageSource source) {
        Parser parser = new Parser(source);
        return parser.parse();
    }

    /**
     * The file without application data and comments: profiles, thumbnails and malformed metadata, which ImageIO would
     * look into, decide nothing about the samples. The standard Huffman tables come first, so that motion-JPEG frames,
     * which leave them out, decode as libjpeg-turbo does it; a file's own tables replace them.
     */
    byte[] withoutMetadata(ImageSource source) {
        byte[] standard = progressive() ? new byte[0] : JpegStandardTables.dht();
        int rest = source.length() - scanStart;
        int length = 2 + standard.length + rest;
        for (Segment segment : tables) {
            length += segment.length();
        }
        byte[] stream = new byte[length];
        stream[0] = (byte) 0xff;
        stream[1] = (byte) JpegMarker.SOI;
        System.arraycopy(standard, 0, stream, 2, standard.length);
        int at = 2 + standard.length;
        for (Segment segment : tables) {
            System.arraycopy(source.bytes(), segment.start(), stream, at, segment.length());
            at += segment.length();
        }
        System.arraycopy(source.bytes(), scanStart, stream, at, rest);
        return stream;
    }

    private static final class Parser {
        private static final int MOST_COMPONENTS = 4;

        private final ImageSource source;
        private final List<Segment> tables = new ArrayList<>();
        private List<Integer> componentIds = List.of();
        private int frame;
        private int width;
        private int height;
        private boolean jfif;
        private int adobeTransform = NO_ADOBE;
        private Orientation orientation = Orientation.UPRIGHT;
        private boolean exif;

        Parser(ImageSource source) {
            this.source = source;
        }

        JpegHeader parse() {
            int at = 2;
            while (true) {
                at = nextMarker(at);
                int marker = source.u8(at + 1);
                if (marker == JpegMarker.SOS) {
                    if (componentIds.isEmpty()) {
                        throw source.error("broken JPEG: a scan before the frame header");
                    }
                    return new JpegHeader(
                            frame, width, height, componentIds, jfif, adobeTransform, orientation, tables, at);
                }
                at = JpegMarker.standsAlone(marker) ? at + 2 : segment(at, marker);
            }
        }

        /** libjpeg skips what is not a marker between segments, and any number of fill bytes before one. */
        private int nextMarker(int from) {
            int at = from;
            while (source.u8(at) != 0xff || source.u8(at + 1) == 0xff || source.u8(at + 1) == 0) {
                at++;
            }
            return at;
        }

        private int segment(int at, int marker) {
            if (marker == JpegMarker.EOI || marker == JpegMarker.SOI) {
                throw source.error(
                        "broken JPEG: no scan before " + (marker == JpegMarker.EOI ? "its end" : "a second start"));
            }
            int length = source.u16be(at + 2);
            if (length < 2) {
                throw source.error("broken JPEG: segment of " + length + " bytes at " + at);
            }
            source.require(at + 2, length);
            int data = at + 4;
            int dataLength = length - 2;
            if (JpegMarker.isFrame(marker)) {
                readFrame(marker, data);
            } else if (JpegMarker.isMetadata(marker)) {
                readMetadata(marker, data, dataLength);
            }
            if (!JpegMarker.isMetadata(marker)) {
                tables.add(new Segment(at, length + 2));
            }
            return at + 2 + length;
        }

        private void readFrame(int marker, int data) {
            if (marker > JpegMarker.SOF2) {
                throw source.error(JpegMarker.frameName(marker)
                        + " JPEG; readable are baseline and progressive with Huffman coding");
            }
            if (!componentIds.isEmpty()) {
                throw source.error("broken JPEG: two frame headers");
            }
            int precision = source.u8(data);
            if (precision != 8) {
                throw source.error("JPEG of " + precision + " bits a sample; readable are 8");
            }
            frame = marker;
            height = source.u16be(data + 1);
            width = source.u16be(data + 3);
            int components = source.u8(data + 5);
            if (components != 1 && components != 3 && components != MOST_COMPONENTS) {
                throw source.error("JPEG of " + components + " components; readable are 1, 3 and 4");
            }
            List<Integer> ids = new ArrayList<>(components);
            for (int i = 0; i < components; i++) {
                ids.add(source.u8(data + 6 + 3 * i));
            }
            componentIds = List.copyOf(ids);
        }

        private void readMetadata(int marker, int data, int length) {
            if (marker == JpegMarker.APP0 && length >= 14 && source.startsWith(data, "JFIF\0")) {
                jfif = true;
            } else if (marker == JpegMarker.APP14 && length >= 12 && source.startsWith(data, "Adobe")) {
                adobeTransform = source.u8(data + 11);
            } else if (marker == JpegMarker.APP1 && !exif && source.startsWith(data, Exif.PREFIX)) {
                exif = true;
                orientation = Exif.orientation(source, data, length);
            }
        }
    }
}
