package dev.gatun.tiles;

import dev.gatun.graph.Window;
import dev.gatun.natives.TileArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * How the results of a convolution are divided into tiles: pixels of src at equal distances, for which every tap is the same number of
 * pixels away. Immutable; thread-safe. Arrays are its own: do not write to them.
 */
public final class TileGrid {
    /**
     * Cycles of a tile's multiplication by its rows, and of the four of a step at the least, since each has to wait for the sums of the step
     * before (measured 2026-11-29 on Emerald Rapids: 16, and 52 to 56).
     */
    private static final int LEAST_CYCLES = 56;

    private static final int TILES_OF_STEP = 4;
    private static final int NOWHERE = -1;

    private final int height;
    private final int pixelStride;
    private final int[] tiles;
    private final int[] rows;
    private final int[] taps;
    private final long cycles;

    /** Results whose pixels of src are at equal distances. */
    private record Run(int first, int length, IntUnaryOperator result) {}

    private TileGrid(int height, int pixelStride, List<Run> runs, int[] taps) {
        this.height = height;
        this.pixelStride = pixelStride;
        this.taps = taps;
        int count = tiles(runs, height);
        this.tiles = new int[count];
        this.rows = new int[count * TileArguments.ROWS];
        Arrays.fill(rows, NOWHERE);
        int tile = 0;
        for (Run run : runs) {
            for (int at = 0; at < run.length(); at += height) {
                // The last tile of a run starts early, and leaves to its neighbour what that computes already.
                int first = Math.min(at, run.length() - height);
                tiles[tile] = run.first() + first * pixelStride;
                for (int row = at - first; row < height; row++) {
                    rows[tile * TileArguments.ROWS + row] = run.result().applyAsInt(first + row);
                }
                tile++;
            }
        }
        if (tile < count) {
            tiles[tile] = tiles[tile - 1];
        }
        this.cycles = cycles(count, height, taps.length);
    }

    private static int tiles(List<Run> runs, int height) {
        int count = 0;
        for (Run run : runs) {
            count += Math.ceilDiv(run.length(), height);
        }
        return count + (count & 1);
    }

    private static long cycles(int tiles, int height, int taps) {
        return tiles
                / 2L
                * ((long) taps * Math.max(TILES_OF_STEP * height, LEAST_CYCLES) + (long) TILES_OF_STEP * height);
    }

    /**
     * The grid of the least cycles.
     *
     * @param src layout of an image of src; images follow each other
     * @param images of a run
     * @param window of the convolution, the same stride both ways
     * @param oh rows of dst
     * @param ow columns of dst
     * @param rowTaps whether all taps of a row of the kernel are one, as they are if their channels are neighbours in memory
     * @return empty if src does not have the padding, or another stride
     */
    public static Optional<TileGrid> of(PixelLayout src, int images, Window window, int oh, int ow, boolean rowTaps) {
        int stride = window.strideH();
        if (!src.frames(window) || (src.stride() != 1 && src.stride() != stride)) {
            return Optional.empty();
        }
        int[] taps = taps(src, window, rowTaps);
        List<TileGrid> grids = new ArrayList<>();
        boolean follows = src.stride() == stride;
        if (follows) {
            best(1, flat(src, images, window, oh, ow), taps).ifPresent(grids::add);
        }
        if (src.stride() == 1) {
            best(stride, byRow(src, images, window, oh, ow), taps).ifPresent(grids::add);
        }
        return grids.stream().min((a, b) -> Long.compare(a.cycles, b.cycles));
    }

    private static Optional<TileGrid> best(int pixelStride, List<Run> runs, int[] taps) {
        int longest = Math.min(
                TileArguments.ROWS, runs.stream().mapToInt(Run::length).min().orElse(0));
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int height = longest; height > 0; height--) {
            long cycles = cycles(tiles(runs, height), height, taps.length);
            if (cycles < least) {
                least = cycles;
                best = height;
            }
        }
        return best == 0 ? Optional.empty() : Optional.of(new TileGrid(best, pixelStride, runs, taps));
    }

    /** Pixels that are neighbours in memory, some of which are no results: those of the border that rows share. */
    private static List<Run> flat(PixelLayout src, int images, Window window, int oh, int ow) {
        int pitch = src.pitch();
        if (pitch == ow && src.pixels() == oh * ow) {
            return List.of(new Run(0, images * oh * ow, q -> q));
        }
        int start = src.stride() == 1 ? src.index(-window.padTop(), -window.padLeft()) : 0;
        List<Run> runs = new ArrayList<>();
        for (int image = 0; image < images; image++) {
            int results = image * oh * ow;
            runs.add(new Run(
                    image * src.pixels() + start,
                    (oh - 1) * pitch + ow,
                    q -> q % pitch < ow ? results + q / pitch * ow + q % pitch : NOWHERE));
        }
        return runs;
    }

    private static List<Run> byRow(PixelLayout src, int images, Window window, int oh, int ow) {
        List<Run> runs = new ArrayList<>();
        for (int image = 0; image < images; image++) {
            for (int y = 0; y < oh; y++) {
                int results = (image * oh + y) * ow;
                int first = image * src.pixels()
                        + src.index(0, 0)
                        + (y * window.strideH() - window.padTop()) * src.pitch()
                        - window.padLeft();
                runs.add(new Run(first, ow, q -> results + q));
            }
        }
        return runs;
    }

    /** Pixels from the first of a tile to each tap. */
    private static int[] taps(PixelLayout src, Window window, boolean rowTaps) {
        int columns = rowTaps ? 1 : window.kernelW();
        int[] taps = new int[window.kernelH() * columns];
        for (int t = 0; t < taps.length; t++) {
            int y = t / columns * window.dilation() - window.padTop();
            int x = t % columns * window.dilation() - window.padLeft();
            taps[t] = src.stride() == 1 ? (y + window.padTop()) * src.pitch() + x + window.padLeft() : src.index(y, x);
        }
        return taps;
    }

    /** Rows of a tile. */
    public int height() {
        return height;
    }

    /** Pixels from a row of a tile to the next. */
    public int pixelStride() {
        return pixelStride;
    }

    /** Pairs of tiles. */
    public int pairs() {
        return tiles.length / 2;
    }

    /** First pixels of the tiles in src. */
    public int[] tiles() {
        return tiles;
    }

    /** {@link TileArguments#ROWS} a tile: which result of all images' they are, row by row, or -1. */
    public int[] rows() {
        return rows;
    }

    /** Pixels from the first of a tile to each tap, in the order of the kernel. */
    public int[] taps() {
        return taps;
    }

    /** Estimate for a panel and 64 bytes of channels. */
    public long cycles() {
        return cycles;
    }
}
