package dev.gatun.onednn;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Names a blocked layout as oneDNN's verbose mode does: dimensions a, b, c ... from the outermost to the innermost, in
 * capitals where they are cut into blocks, then the blocks: {@code aBcd16b}.
 */
final class LayoutName {
    private LayoutName() {}

    static String of(MemoryDesc desc) {
        long[] strides = desc.strides();
        long[] padded = desc.paddedDims();
        long[] blocks = desc.innerBlocks();
        long[] axes = desc.innerAxes();
        boolean[] cut = new boolean[strides.length];
        long[] outer = padded.clone();
        for (int i = 0; i < axes.length; i++) {
            cut[(int) axes[i]] = true;
            outer[(int) axes[i]] /= blocks[i];
        }
        StringBuilder name = new StringBuilder();
        IntStream.range(0, strides.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(i -> -strides[i]).thenComparingLong(i -> -outer[i]))
                .forEach(i -> name.append((char) ((cut[i] ? 'A' : 'a') + i)));
        for (int i = 0; i < axes.length; i++) {
            name.append(blocks[i]).append((char) ('a' + axes[i]));
        }
        return name.toString();
    }
}
