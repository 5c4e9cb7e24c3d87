package dev.gatun.plan;

import dev.gatun.natives.Winograd;
import dev.gatun.natives.WinogradArguments;

/**
 * What {@link dev.gatun.natives.Winograd} does, whatever memory a session has for it. Immutable; thread-safe.
 *
 * @param function what computes it
 * @param layouts what it reads and writes, in words
 * @param pixels offsets in src, in {@link dev.gatun.tiles.WinogradGrid}'s order
 * @param results offsets in dst and in the residual
 * @param zeros as many as a pixel of src has channels
 * @param weights in {@link dev.gatun.tiles.WinogradPacking}'s order
 * @param bias of every output channel
 * @param floor the least result
 * @param macs multiply-accumulates of the convolution as it is defined
 * @param srcBytes of src
 * @param dstBytes of dst
 * @param adds whether there is a residual, of as many bytes as dst
 */
record WinogradWork(
        Winograd function,
        String layouts,
        Offsets pixels,
        Offsets results,
        Offsets zeros,
        PackedTensor weights,
        PackedTensor bias,
        float floor,
        long macs,
        long srcBytes,
        long dstBytes,
        boolean adds) {
    /** Half of a usual L2 cache of 2 MB, for matrices and products of a band; between 256 KB and 2 MB nothing was measured to differ. */
    private static final long ROOM = 1L << 20;

    private static final long MATRIX_ROW_BYTES = (long) WinogradArguments.PIXELS * Float.BYTES;

    /** Where values lie; {@code residual} is 0 if there is none, {@code nowhere} room for a pixel of dst. */
    record Addresses(long src, long dst, long residual, long space, long nowhere) {}

    private long ic() {
        return zeros.count();
    }

    private long panels() {
        return bias.data().byteSize() / Float.BYTES / WinogradArguments.PANEL;
    }

    private long tiles() {
        return results.count() / WinogradArguments.RESULTS;
    }

    /** Tiles that are transformed at once, so that bands are alike. */
    private long band() {
        long room = Math.max(ROOM / (MATRIX_ROW_BYTES * (ic() + WinogradArguments.PANEL)), 1);
        return Math.ceilDiv(tiles(), Math.ceilDiv(tiles(), room));
    }

    private long matricesBytes() {
        return ArenaPlanner.align(MATRIX_ROW_BYTES * ic() * band());
    }

    /** What a thread needs to put matrices and products. */
    long spaceBytes() {
        return matricesBytes() + ArenaPlanner.align(MATRIX_ROW_BYTES * WinogradArguments.PANEL * band());
    }

    long weightBytes() {
        return weights.data().byteSize() + bias.data().byteSize();
    }

    /**
     * Tells a thread its part: tiles if there are enough to fill the registers of all threads, else output channels, so that no two
     * threads read the same weights.
     *
     * @param thread from 0
     * @param threads of the team
     */
    void fill(WinogradArguments arguments, Addresses memory, int thread, int threads) {
        boolean byTiles = tiles() >= (long) threads * WinogradArguments.ROWS || panels() < threads;
        long tile = byTiles ? tiles() * thread / threads : 0;
        long tiles = (byTiles ? tiles() * (thread + 1) / threads : tiles()) - tile;
        long panel = byTiles ? 0 : panels() * thread / threads;
        long panels = (byTiles ? panels() : panels() * (thread + 1) / threads) - panel;
        boolean bf16 = function == Winograd.F4X4_3X3_BF16;
        long oc = panel * WinogradArguments.PANEL;
        long skipped = oc * (bf16 ? Short.BYTES : Float.BYTES);
        long space = memory.space() + thread * spaceBytes();
        arguments
                .src(memory.src(), pixels.address(tile * WinogradArguments.PIXELS), zeros.address(), ic())
                .bf16(bf16)
                .tiles(tiles, band(), space, space + matricesBytes())
                .weights(
                        weights.data().address() + panel * (weights.data().byteSize() / panels()),
                        panels,
                        bias.data().address() + oc * Float.BYTES)
                .dst(
                        memory.dst() + skipped,
                        results.address(tile * WinogradArguments.RESULTS),
                        memory.nowhere(),
                        memory.residual() == 0 ? 0 : memory.residual() + skipped,
                        floor);
    }
}
