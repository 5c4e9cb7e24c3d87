package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * The argument of a {@link TileConvolution}: a structure of pointers, tables and numbers, which the listing describes. Whoever fills it
 * in sees to it that every offset stays within the memory it is for. One thread while it is filled in.
 */
public final class TileArguments {
    /** Bytes of the structure, with the configuration of the tiles behind it. */
    public static final long BYTES = 320;

    /** Most rows of a tile. */
    public static final int ROWS = 16;

    /** Bytes of a row of a tile. */
    public static final int ROW_BYTES = 64;

    /** Output channels of a panel of weights. */
    public static final int PANEL = 32;

    /** Of the first of two sources. */
    public static final int LEAST_STEPS = 2;

    /** Bytes of the weights of a step: 64 bytes of input channels for the output channels of a panel. */
    public static final int STEP_BYTES = ROW_BYTES * PANEL;

    /** Rows of tiles whose steps tell how long steps take; with fewer they are quicker. */
    private static final int TELLING_ROWS = 12;

    /** Multiplications of a step, after each of which cache lines are asked for. */
    private static final int MULTIPLICATIONS = 4;

    private static final long CONFIG_AT = 256;
    private static final int TILES_OF_PIXELS = 6;
    private static final int TILES = 8;

    private final MemorySegment struct;

    /**
     * Fills in {@code struct}, {@link #BYTES} zeros aligned to 64.
     *
     * @throws IllegalArgumentException if it is something else, or the system property {@code gatun.core} is neither {@code ask}, {@code
     *     alone} nor {@code shared}
     */
    public TileArguments(MemorySegment struct) {
        if (struct.byteSize() != BYTES || struct.address() % ROW_BYTES != 0) {
            throw new IllegalArgumentException("expected " + BYTES + " bytes aligned to 64, found " + struct);
        }
        this.struct = struct;
        planes(ROW_BYTES, ROW_BYTES);
        SharedCores cores = SharedCores.ofProperty();
        set(192, cores.found().address()).set(200, cores.believed());
    }

    private TileArguments set(long at, long value) {
        struct.set(JAVA_LONG, at, value);
        return this;
    }

    /** Where the offsets of pixels start, of src and dst. */
    public TileArguments memory(long src, long dst) {
        return set(0, src).set(16, dst);
    }

    /**
     * Packed weights, and for each output channel of theirs a scale (int8 only) and a bias, f32.
     *
     * @param first of the panels of dst
     * @param panels of {@link #PANEL} output channels
     */
    public TileArguments weights(long weights, long scales, long bias, long first, long panels) {
        return set(8, weights).set(32, scales).set(40, bias).set(184, first).set(104, panels);
    }

    /**
     * Bytes from {@link #ROW_BYTES} of channels to the next: as many if the channels of a pixel are neighbours, which they are if this is not
     * called.
     */
    public TileArguments planes(long dst, long residual) {
        return set(168, dst).set(176, residual);
    }

    /**
     * What is added to the sums.
     *
     * @param memory where its offsets start
     * @param rows its table less that of dst, in bytes
     * @param scale of its values (int8 only)
     */
    public TileArguments residual(long memory, long rows, float scale) {
        struct.set(JAVA_FLOAT, 120, scale);
        return set(24, memory).set(152, rows);
    }

    /** The least that a result can be: 0 with ReLU; where dst is bf16 only. */
    public TileArguments floor(float least) {
        struct.set(JAVA_FLOAT, 124, least);
        return this;
    }

    /** int32 offsets from the first pixel of a tile, one a step, of one source as long as {@link #second} says nothing else. */
    public TileArguments steps(long table, long count) {
        return set(48, table).set(56, count).set(208, count);
    }

    /**
     * A second source of a convolution, of which the last steps are.
     *
     * @param own steps of the first source, at least {@link #LEAST_STEPS}
     * @param memory where its offsets start
     * @param tiles int32 offsets of its first pixels, two a pair
     * @param stride bytes from a pixel of a tile to the next
     * @throws IllegalArgumentException if the first source has fewer steps
     */
    public TileArguments second(long own, long memory, long tiles, long stride) {
        if (own < LEAST_STEPS) {
            throw new IllegalArgumentException(
                    "the first of two sources has to have " + LEAST_STEPS + " steps, found " + own);
        }
        return set(208, own).set(216, memory).set(224, tiles).set(232, stride);
    }

    /**
     * Where tiles lie.
     *
     * @param tiles int32 offsets of the first pixels in src, two a pair
     * @param rows int32 offsets of pixels in dst, 32 a pair; those of pixels that nobody wants are negative
     * @param pairs of tiles
     * @param height rows of a tile that are computed, at most {@link #ROWS}
     * @param stride bytes from a pixel of a tile to the next, in src
     */
    public TileArguments tiles(long tiles, long rows, long pairs, int height, long stride) {
        if (height < TELLING_ROWS) {
            set(200, SharedCores.ALWAYS);
        }
        struct.set(JAVA_BYTE, CONFIG_AT, (byte) 1);
        for (int tile = 0; tile < TILES; tile++) {
            struct.set(JAVA_SHORT, CONFIG_AT + 16 + 2L * tile, (short) ROW_BYTES);
            struct.set(JAVA_BYTE, CONFIG_AT + 48 + tile, (byte) (tile < TILES_OF_PIXELS ? height : ROWS));
        }
        return set(64, tiles).set(72, rows).set(88, pairs).set(80, stride).set(128, struct.address() + CONFIG_AT);
    }

    /**
     * In which order panels and pairs take their turns.
     *
     * @param block pairs that share a panel before the next panel's turn
     * @param prefetch cache lines of the next panel to ask for in a step
     */
    public TileArguments order(long block, int prefetch) {
        for (int i = 0; i < MULTIPLICATIONS; i++) {
            struct.set(JAVA_BYTE, 112L + i, (byte) Math.ceilDiv(prefetch - i, MULTIPLICATIONS));
        }
        return set(96, block);
    }

    /** Whether weights and pixels are read past L1, because they are not read again before others have taken their place there. */
    public TileArguments passing(boolean weights, boolean pixels) {
        return set(240, (weights ? 1 : 0) + (pixels ? 2 : 0));
    }

    /** int32 offsets of pixels in dst that are set to zero. */
    public TileArguments border(long table, long count) {
        return set(136, table).set(144, count);
    }

    /** Where pixels go that nobody wants: {@link #ROW_BYTES}. */
    public TileArguments nowhere(long address) {
        return set(160, address);
    }

    /**
     * Pixels to copy, for {@link TileConvolution#MOVE}: int32 offsets in src and dst, and bytes of one, a multiple of 64. Also what to compare,
     * for max pooling: 64 bytes each, at {@link #steps} from there.
     */
    public TileArguments pixels(long from, long to, long count, long bytes) {
        return set(64, from).set(72, to).set(88, count).set(80, bytes);
    }

    /**
     * Means, for {@link TileConvolution#MEAN_BF16} and {@link TileConvolution#MEAN_U8}: of 32 channels each.
     *
     * @param from int32 offsets in src of the first pixel of each
     * @param to int32 offsets in dst
     * @param count of means
     * @param pixels that are added
     * @param stride bytes from one to the next
     * @param scale that the sum is multiplied by
     */
    public TileArguments means(long from, long to, long count, long pixels, long stride, float scale) {
        struct.set(JAVA_FLOAT, 120, scale);
        return set(56, pixels).pixels(from, to, count, stride);
    }

    /**
     * Rows to multiply by a matrix, for {@link TileConvolution#PRODUCT_BF16} and {@link TileConvolution#PRODUCT_U8}.
     *
     * @param rows of src and dst
     * @param steps of 64 bytes of src
     * @param srcStride bytes from a row to the next in src
     * @param dstStride bytes from a row to the next in dst
     * @param channels of dst, f32
     */
    public TileArguments product(long rows, long steps, long srcStride, long dstStride, long channels) {
        return set(88, rows)
                .set(56, steps)
                .set(80, srcStride)
                .set(168, dstStride)
                .set(96, channels);
    }

    /** Where the results of a product go, of which {@code struct} tells all else. Allocates nothing. */
    public static void dst(MemorySegment struct, long address) {
        struct.set(JAVA_LONG, 16, address);
    }
}
