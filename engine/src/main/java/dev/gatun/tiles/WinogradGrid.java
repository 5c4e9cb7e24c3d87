package dev.gatun.tiles;

import dev.gatun.graph.Window;
import dev.gatun.natives.WinogradArguments;

/**
 * Where the tiles of a 3x3 convolution with stride 1 lie in NHWC, for {@link dev.gatun.natives.Winograd}. Those at the right and at the
 * bottom may reach beyond the results. Immutable; thread-safe.
 *
 * @param images of a run
 * @param ih rows of src
 * @param iw columns of src
 * @param oh rows of dst
 * @param ow columns of dst
 * @param padTop zero rows above
 * @param padLeft zero columns to the left
 */
public record WinogradGrid(int images, int ih, int iw, int oh, int ow, int padTop, int padLeft) {
    /** What is not there. */
    private static final int NOWHERE = -1;

    /** The grid of a convolution, {@link #fits} of which holds. */
    public static WinogradGrid of(Window window, int images, int ih, int iw, int oh, int ow) {
        return new WinogradGrid(images, ih, iw, oh, ow, window.padTop(), window.padLeft());
    }

    /** Whether a convolution with this window can be computed so. */
    public static boolean fits(Window window) {
        return window.kernelH() == 3
                && window.kernelW() == 3
                && window.strideH() == 1
                && window.strideW() == 1
                && window.dilation() == 1;
    }

    private int tileRows() {
        return Math.ceilDiv(oh, WinogradArguments.TILE);
    }

    private int tileColumns() {
        return Math.ceilDiv(ow, WinogradArguments.TILE);
    }

    /** Tiles of all images. */
    public int tiles() {
        return images * tileRows() * tileColumns();
    }

    /** {@link WinogradArguments#PIXELS} a tile: which pixel of all images' they are, row by row, or a negative number for padding. */
    public int[] pixels() {
        return squares(WinogradArguments.SQUARE, padTop, padLeft, ih, iw);
    }

    /** {@link WinogradArguments#RESULTS} a tile: which result of all images' they are, row by row, or a negative number for none. */
    public int[] results() {
        return squares(WinogradArguments.TILE, 0, 0, oh, ow);
    }

    private int[] squares(int size, int top, int left, int height, int width) {
        int[] squares = new int[tiles() * size * size];
        int at = 0;
        for (int tile = 0; tile < tiles(); tile++) {
            int image = tile / tileColumns() / tileRows();
            int firstY = tile / tileColumns() % tileRows() * WinogradArguments.TILE - top;
            int firstX = tile % tileColumns() * WinogradArguments.TILE - left;
            for (int y = firstY; y < firstY + size; y++) {
                for (int x = firstX; x < firstX + size; x++) {
                    boolean there = y >= 0 && y < height && x >= 0 && x < width;
                    squares[at++] = there ? (image * height + y) * width + x : NOWHERE;
                }
            }
        }
        return squares;
    }
}
