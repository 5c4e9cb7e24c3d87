package dev.gatun.tiles;

import dev.gatun.graph.Window;
import dev.gatun.natives.TileArguments;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

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

    /**
     * What pixels cost that are not neighbours, in halves, for caches fetch what lies between them as well. Measured 2026-11-29 with
     * ResNet-50's 1x1 convolutions of stride 2 in bf16: 199 us where every other pixel is theirs, 157 where those come first.
     */
    private static final int COST_APART = 3;

    private static final int COST = 2;
    private static final int NOWHERE = -1;

    private final int height;
    private final int pixelStride;
    private final int[] tiles;
    private final int[] rows;
    private final int[] taps;

    /**
     * Results in runs of one length, within which their pixels of src are at equal distances.
     *
     * @param first pixel of a run, by its number
     * @param result of a place in a run, by the run's number; below 0 where a pixel leads to none
     */
    private record Runs(int count, int length, int pixelStride, IntUnaryOperator first, IntBinaryOperator result) {
        int tiles(int height) {
            int tiles = count * Math.ceilDiv(length, height);
            return tiles + (tiles & 1);
        }
    }

    /** Runs cut into tiles of so many rows. */
    private record Cut(Runs runs, int height, long cycles) {}

    private TileGrid(Cut cut, int[] taps) {
        Runs runs = cut.runs();
        this.height = cut.height();
        this.pixelStride = runs.pixelStride();
        this.taps = taps;
        int count = runs.tiles(height);
        this.tiles = new int[count];
        this.rows = new int[count * TileArguments.ROWS];
        Arrays.fill(rows, NOWHERE);
        int tile = 0;
        for (int run = 0; run < runs.count(); run++) {
            int start = runs.first().applyAsInt(run);
            for (int at = 0; at < runs.length(); at += height) {
                // The last tile of a run starts early, and leaves to its neighbour what that computes already.
                int first = Math.min(at, runs.length() - height);
                tiles[tile] = start + first * pixelStride;
                for (int row = at - first; row < height; row++) {
                    rows[tile * TileArguments.ROWS + row] = runs.result().applyAsInt(run, first + row);
                }
                tile++;
            }
        }
        if (tile < count) {
            tiles[tile] = tiles[tile - 1];
        }
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
     * @param window of the convolution; with other strides in height and width src has to be of stride 1
     * @param oh rows of dst
     * @param ow columns of dst
     * @param rowTaps whether all taps of a row of the kernel are one, as they are if their channels are neighbours in memory
     * @return empty if src does not have the padding, or another stride
     */
    public static Optional<TileGrid> of(PixelLayout src, int images, Window window, int oh, int ow, boolean rowTaps) {
        Cut cut = cut(src, images, window, oh, ow, rowTaps);
        return cut == null ? Optional.empty() : Optional.of(new TileGrid(cut, taps(src, window, rowTaps)));
    }

    /** Estimate for a panel and 64 bytes of channels, of the grid that {@link #of} gives; empty if it gives none. */
    public static OptionalLong cycles(PixelLayout src, int images, Window window, int oh, int ow, boolean rowTaps) {
        Cut cut = cut(src, images, window, oh, ow, rowTaps);
        return cut == null ? OptionalLong.empty() : OptionalLong.of(cut.cycles());
    }

    private static @Nullable Cut cut(PixelLayout src, int images, Window window, int oh, int ow, boolean rowTaps) {
        int stride = window.strideH();
        if (!src.frames(window)) {
            return null;
        }
        int taps = window.kernelH() * columns(window, rowTaps);
        if (src.stride() != 1 && src.stride() != stride) {
            return stride == 1 && taps == 1 && src.isBare() ? best(anyOrder(src, images), taps) : null;
        }
        Cut flat = src.stride() == stride && stride == window.strideW()
                ? best(flat(src, images, window, oh, ow), taps)
                : null;
        Cut byRow = src.stride() == 1 ? best(byRow(src, images, window, oh, ow), taps) : null;
        return byRow == null || (flat != null && flat.cycles() <= byRow.cycles()) ? flat : byRow;
    }

    private static @Nullable Cut best(Runs runs, int taps) {
        Cut best = null;
        for (int height = Math.min(TileArguments.ROWS, runs.length()); height > 0; height--) {
            long cycles =
                    cycles(runs.tiles(height), height, taps) * (runs.pixelStride() == 1 ? COST : COST_APART) / COST;
            if (best == null || cycles < best.cycles()) {
                best = new Cut(runs, height, cycles);
            }
        }
        return best;
    }

    /** Pixels that are neighbours in memory, some of which are no results: those of the border that rows share. */
    private static Runs flat(PixelLayout src, int images, Window window, int oh, int ow) {
        int pitch = src.pitch();
        if (pitch == ow && src.pixels() == oh * ow) {
            return new Runs(1, images * oh * ow, 1, _ -> 0, (_, q) -> q);
        }
        int start = src.stride() == 1 ? src.index(-window.padTop(), -window.padLeft()) : 0;
        return new Runs(
                images,
                (oh - 1) * pitch + ow,
                1,
                image -> image * src.pixels() + start,
                (image, q) -> q % pitch < ow ? (image * oh + q / pitch) * ow + q % pitch : NOWHERE);
    }

    /** All pixels, as they lie. */
    private static Runs anyOrder(PixelLayout src, int images) {
        int[] pixels = new int[src.pixels()];
        Arrays.fill(pixels, NOWHERE);
        for (int y = 0; y < src.height(); y++) {
            for (int x = 0; x < src.width(); x++) {
                pixels[src.index(y, x)] = y * src.width() + x;
            }
        }
        int perImage = src.height() * src.width();
        return new Runs(1, images * pixels.length, 1, _ -> 0, (_, q) -> {
            int pixel = pixels[q % pixels.length];
            return pixel == NOWHERE ? NOWHERE : q / pixels.length * perImage + pixel;
        });
    }

    private static Runs byRow(PixelLayout src, int images, Window window, int oh, int ow) {
        return new Runs(
                images * oh,
                ow,
                window.strideW(),
                row -> row / oh * src.pixels()
                        + src.index(0, 0)
                        + (row % oh * window.strideH() - window.padTop()) * src.pitch()
                        - window.padLeft(),
                (row, q) -> row * ow + q);
    }

    private static int columns(Window window, boolean rowTaps) {
        return rowTaps ? 1 : window.kernelW();
    }

    /** Pixels from the first of a tile to each tap. */
    private static int[] taps(PixelLayout src, Window window, boolean rowTaps) {
        int columns = columns(window, rowTaps);
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

    /**
     * For each tile the result that its first row would be of, if all of its rows had one.
     *
     * @throws IllegalStateException if the results of a tile do not follow each other
     */
    public int[] firstResults() {
        int[] first = new int[tiles.length];
        for (int tile = 0; tile < first.length; tile++) {
            // A tile that makes up a pair has no results, and reads what the one before does.
            first[tile] = tile == 0 ? 0 : first[tile - 1];
            for (int row = 0, found = NOWHERE; row < height; row++) {
                int result = rows[tile * TileArguments.ROWS + row];
                if (result != NOWHERE) {
                    if (found != NOWHERE && result - row != found) {
                        throw new IllegalStateException("results of tile " + tile + " are not neighbours");
                    }
                    found = result - row;
                    first[tile] = found;
                }
            }
        }
        return first;
    }

    /** Pixels from the first of a tile to each tap, in the order of the kernel. */
    public int[] taps() {
        return taps;
    }
}
