package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The argument of {@link Winograd}: a structure of pointers, tables and numbers, which the listing describes. The channels of a
 * pixel are next to each other. Whoever fills it in sees to it that every offset stays within the memory it is for. One thread while it is filled in.
 */
public final class WinogradArguments {
    /** Bytes of the structure. */
    public static final long BYTES = 128;

    /** Results of a tile, and pixels of src that it takes. */
    public static final int RESULTS = 16;

    /** Pixels of src that a tile takes, and matrices that it is in. */
    public static final int PIXELS = 36;

    /** Rows, and columns, of a tile's results. */
    public static final int TILE = 4;

    /** Rows, and columns, of the pixels that a tile takes. */
    public static final int SQUARE = 6;

    /** Input channels come in multiples of it. */
    public static final int VECTOR = 16;

    /** Output channels come in multiples of it. */
    public static final int PANEL = 32;

    /** Tiles that are multiplied at once; fewer take nearly as long. */
    public static final int ROWS = 14;

    private final MemorySegment struct;

    /** Fills in {@code struct}, {@link #BYTES} zeros aligned to 8. */
    public WinogradArguments(MemorySegment struct) {
        if (struct.byteSize() != BYTES || struct.address() % Long.BYTES != 0) {
            throw new IllegalArgumentException("expected " + BYTES + " bytes aligned to 8, found " + struct);
        }
        this.struct = struct;
    }

    private WinogradArguments set(long at, long value) {
        struct.set(JAVA_LONG, at, value);
        return this;
    }

    /**
     * What is read.
     *
     * @param memory where the offsets of pixels start
     * @param pixels int32 offsets, {@link #PIXELS} a tile; those of padding are negative
     * @param zeros as many bytes of zeros as a pixel has
     * @param ic input channels
     */
    public WinogradArguments src(long memory, long pixels, long zeros, long ic) {
        return set(0, memory).set(8, pixels).set(16, zeros).set(24, ic * Float.BYTES);
    }

    /** Whether src, dst and the residual are bf16; else they are f32. */
    public WinogradArguments bf16(boolean bf16) {
        struct.set(JAVA_INT, 124, bf16 ? 1 : 0);
        return this;
    }

    /**
     * How many tiles.
     *
     * @param count of all
     * @param band most that are transformed before their products are
     * @param space for {@code 36 * band * ic} f32
     * @param products for {@code 36 * band *} {@link #PANEL} f32
     */
    public WinogradArguments tiles(long count, long band, long space, long products) {
        return set(32, count).set(40, band).set(104, space).set(112, products);
    }

    /**
     * Transformed weights.
     *
     * @param weights f32 {@code [panels][36][ic][32]}
     * @param panels of {@link #PANEL} output channels
     * @param bias f32 {@code [panels][32]}
     */
    public WinogradArguments weights(long weights, long panels, long bias) {
        return set(48, weights).set(56, panels).set(64, bias);
    }

    /**
     * What is written.
     *
     * @param memory where the offsets of results start
     * @param results int32 offsets, {@link #RESULTS} a tile; those that nobody wants are negative
     * @param nowhere room for a panel of a pixel that nobody wants
     * @param residual added, with the same offsets; 0 if there is none
     * @param least that a result can be: 0 with ReLU
     */
    public WinogradArguments dst(long memory, long results, long nowhere, long residual, float least) {
        struct.set(JAVA_FLOAT, 120, least);
        return set(72, memory).set(80, results).set(88, nowhere).set(96, residual);
    }
}
