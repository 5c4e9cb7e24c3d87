package dev.gatun.image;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** The Huffman tables of ITU-T T.81 annex K.3 as one DHT segment. */
final class JpegStandardTables {
    private static final byte[] DHT = segment();

    private JpegStandardTables() {}

    /** The segment with its marker; not to be written to. */
    static byte[] dht() {
        return DHT;
    }

    private static byte[] segment() {
        ByteArrayOutputStream tables = new ByteArrayOutputStream();
        append(tables, 0x00, JPEGHuffmanTable.StdDCLuminance);
        append(tables, 0x10, JPEGHuffmanTable.StdACLuminance);
        append(tables, 0x01, JPEGHuffmanTable.StdDCChrominance);
        append(tables, 0x11, JPEGHuffmanTable.StdACChrominance);
        int length = tables.size() + 2;
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.write(0xff);
        segment.write(JpegMarker.DHT);
        segment.write(length >> 8);
        segment.write(length);
        segment.writeBytes(tables.toByteArray());
        return segment.toByteArray();
    }

    private static void append(ByteArrayOutputStream out, int classAndId, JPEGHuffmanTable table) {
        out.write(classAndId);
        short[] lengths = table.getLengths();
        for (int i = 0; i < 16; i++) {
            out.write(i < lengths.length ? lengths[i] : 0);
        }
        for (short value : table.getValues()) {
            out.write(value);
        }
    }
}
