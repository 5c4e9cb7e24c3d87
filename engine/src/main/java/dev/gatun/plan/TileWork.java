package dev.gatun.plan;

import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.DataType;
import org.jspecify.annotations.Nullable;

/** What a {@link TileConvolution} does, whatever memory a session has for it. Immutable; thread-safe. */
sealed interface TileWork {
    TileConvolution function();

    /** What it reads and writes, in words. */
    String layouts();

    /** Of its weights where it has some, else of what it writes. */
    DataType type();

    long macs();

    /** Bytes of src that it reads. */
    long srcBytes();

    /** Bytes of dst that it writes. */
    long dstBytes();

    /** Bytes of residual that it reads, 0 if there is none. */
    long residualBytes();

    /** Bytes of weights, biases and scales. */
    long weightBytes();

    /** Parts of the work for each thread of a team: the slower of two cores may be eight times as slow and nobody waits long. */
    int PARTS = 4;

    /**
     * Tells a part of the work.
     *
     * @param memory where what it works on lies
     * @param part from 0
     * @param parts of all threads
     */
    void fill(TileArguments arguments, Addresses memory, int part, int parts);

    /**
     * Where values lie.
     *
     * @param second source, 0 if there is none
     * @param residual 0 if there is none
     * @param nowhere room for a pixel of dst that nobody wants
     */
    record Addresses(long src, long second, long dst, long residual, long nowhere) {}

    /** The first of {@code count} things in a part, and for {@code part + 1} the first that is not. */
    private static long first(long count, int part, int parts) {
        return count * part / parts;
    }

    /**
     * Where the tiles of a convolution lie.
     *
     * @param steps offsets of taps and channels
     * @param tiles offsets of tiles in src
     * @param rows offsets of their results in dst
     * @param residualRows in the residual, null if there is none
     * @param border offsets of what is zero around dst
     * @param height rows of a tile
     * @param stride bytes from one to the next in src
     * @param pointwise whether no pixel is of two steps
     * @param pixelBytes of src that a row of a tile takes with it into a cache, all channels of it
     * @param dstPlane bytes from 64 bytes of channels to the next, in dst
     * @param residualPlane in the residual
     * @param second what the last steps read, null if all are of src
     */
    record Geometry(
            Offsets steps,
            Offsets tiles,
            Offsets rows,
            @Nullable Offsets residualRows,
            Offsets border,
            int height,
            long stride,
            boolean pointwise,
            long pixelBytes,
            long dstPlane,
            long residualPlane,
            @Nullable SecondSource second) {
        long pairs() {
            return tiles.count() / 2;
        }
    }

    /**
     * A source whose sums are added to those of the first.
     *
     * @param ownSteps steps of the first source
     * @param tiles offsets of tiles in the second
     * @param stride bytes from a row of a tile to the next
     */
    record SecondSource(long ownSteps, Offsets tiles, long stride) {}

    /**
     * Weights and what follows the sums.
     *
     * @param weights in {@link dev.gatun.tiles.TilePacking}'s order
     * @param scales null in bf16
     * @param bias of every output channel
     * @param panels of 32 output channels
     * @param sumScale of the residual
     * @param floor the least result
     */
    record Channels(
            PackedTensor weights,
            @Nullable PackedTensor scales,
            PackedTensor bias,
            long panels,
            float sumScale,
            float floor) {}

    /**
     * A convolution.
     *
     * @param macs multiply-accumulates
     * @param srcBytes of src, and of the second source if there is one
     * @param dstBytes of dst
     * @param residualBytes of the residual
     */
    record Convolution(
            TileConvolution function,
            String layouts,
            Geometry geometry,
            Channels channels,
            long macs,
            long srcBytes,
            long dstBytes,
            long residualBytes)
            implements TileWork {
        /** Weights of more than this are read by one part each: a fifth of an L2 cache of 2 MB. */
        private static final long SHARED_OUT = 400L << 10;

        /** Weights of more than this are read once a layer: a tenth of it. */
        private static final long LARGE = 200L << 10;

        /** Weights that stay in L1 beside all that passes through it. */
        private static final long SMALL = 24L << 10;

        /** Weights that stay in L1 from a pair of tiles to the next, if pixels pass. */
        private static final long L1_WEIGHTS = 32L << 10;

        /** Of L1, for pixels of a block. */
        private static final long L1_PIXELS = 28L << 10;

        /** Of L2, for pixels of a block: those of ResNet-50's last shortcut for four images at once. */
        private static final long L2_PIXELS = 640L << 10;

        private static final long PANEL_LINES = TileArguments.STEP_BYTES / TileArguments.ROW_BYTES;

        /** More would fill what a core has for lines on their way. */
        private static final long MOST_LINES = 16;

        @Override
        public DataType type() {
            return channels.weights().desc().dataType();
        }

        @Override
        public long weightBytes() {
            PackedTensor scales = channels.scales();
            return weights()
                    + channels.bias().data().byteSize()
                    + (scales == null ? 0 : scales.data().byteSize());
        }

        private long weights() {
            return channels.weights().data().byteSize();
        }

        @Override
        public void fill(TileArguments arguments, Addresses memory, int part, int parts) {
            boolean byPanels = weights() > SHARED_OUT && parts > 1;
            long panel = byPanels ? first(channels.panels(), part, parts) : 0;
            long panels = (byPanels ? first(channels.panels(), part + 1, parts) : channels.panels()) - panel;
            long pair = byPanels ? 0 : first(geometry.pairs(), part, parts);
            long pairs = (byPanels ? geometry.pairs() : first(geometry.pairs(), part + 1, parts)) - pair;
            long channel = panel * TileArguments.PANEL;
            PackedTensor scales = channels.scales();
            arguments
                    .memory(memory.src(), memory.dst())
                    .weights(
                            channels.weights().data().address() + panel * (weights() / channels.panels()),
                            scales == null ? 0 : scales.data().address() + channel * Float.BYTES,
                            channels.bias().data().address() + channel * Float.BYTES,
                            panel,
                            panels)
                    .planes(geometry.dstPlane(), geometry.residualPlane())
                    .steps(geometry.steps().address(), geometry.steps().count())
                    .tiles(
                            geometry.tiles().address(2 * pair),
                            geometry.rows().address(2 * TileArguments.ROWS * pair),
                            panels == 0 ? 0 : pairs,
                            geometry.height(),
                            geometry.stride())
                    .floor(channels.floor())
                    .nowhere(memory.nowhere());
            SecondSource second = geometry.second();
            if (second != null) {
                arguments.second(
                        second.ownSteps(), memory.second(), second.tiles().address(2 * pair), second.stride());
            }
            Offsets residualRows = geometry.residualRows();
            if (residualRows != null) {
                arguments.residual(
                        memory.residual(),
                        residualRows.address() - geometry.rows().address(),
                        channels.sumScale());
            }
            // The last part always has a pair; those before it may have none.
            if (byPanels || part == parts - 1) {
                arguments.border(geometry.border().address(), geometry.border().count());
            }
            order(arguments, Math.max(pairs, 1));
        }

        /**
         * Small weights: all panels pass by a block of pixels that L1 has room for. Large ones: each panel is fetched once for as many pixels as
         * L2 has room for, and the next one is asked for meanwhile. What is gone from L1 when its turn comes again is read past it, and leaves the
         * room to what is not: weights that the next pair of tiles would not find there, pixels that no second tap reads.
         */
        private void order(TileArguments arguments, long pairs) {
            long pixels = 2L * geometry.height() * geometry.pixelBytes();
            long room = weights() > LARGE ? L2_PIXELS : L1_PIXELS;
            long block = weights() <= SMALL ? pairs : Math.clamp(room / pixels, 1, pairs);
            long lines = weights() > LARGE ? Math.min(Math.ceilDiv(PANEL_LINES, block), MOST_LINES) : 0;
            long again = block > 1 ? weights() / channels.panels() : weights();
            arguments.order(block, (int) lines).passing(again > L1_WEIGHTS, geometry.pointwise());
        }
    }

    /**
     * A copy of pixels to another layout.
     *
     * @param from offsets in src
     * @param to offsets in dst
     * @param border offsets of what is zero around dst
     * @param pixelBytes a multiple of 64
     */
    record Move(String layouts, DataType type, Offsets from, Offsets to, Offsets border, long pixelBytes)
            implements TileWork {
        @Override
        public TileConvolution function() {
            return TileConvolution.MOVE;
        }

        @Override
        public long macs() {
            return 0;
        }

        @Override
        public long srcBytes() {
            return from.count() * pixelBytes;
        }

        @Override
        public long dstBytes() {
            return (to.count() + border.count()) * pixelBytes;
        }

        @Override
        public long residualBytes() {
            return 0;
        }

        @Override
        public long weightBytes() {
            return 0;
        }

        @Override
        public void fill(TileArguments arguments, Addresses memory, int part, int parts) {
            long first = first(to.count(), part, parts);
            arguments
                    .memory(memory.src(), memory.dst())
                    .pixels(
                            from.address(first),
                            to.address(first),
                            first(to.count(), part + 1, parts) - first,
                            pixelBytes);
            if (part == 0) {
                arguments.border(border.address(), border.count());
            }
        }
    }

    /**
     * Max pooling of values that are 0 or more, whose border is 0.
     *
     * @param from offsets in src of what is compared, 64 bytes each
     * @param steps offsets of a window's pixels from there
     * @param to offsets in dst
     * @param border offsets of what is zero around dst
     * @param srcBytes of src
     */
    record Greatest(
            TileConvolution function,
            String layouts,
            DataType type,
            Offsets from,
            Offsets steps,
            Offsets to,
            Offsets border,
            long srcBytes)
            implements TileWork {
        @Override
        public long macs() {
            return 0;
        }

        @Override
        public long dstBytes() {
            return (to.count() + border.count()) * TileArguments.ROW_BYTES;
        }

        @Override
        public long residualBytes() {
            return 0;
        }

        @Override
        public long weightBytes() {
            return 0;
        }

        @Override
        public void fill(TileArguments arguments, Addresses memory, int part, int parts) {
            long first = first(to.count(), part, parts);
            arguments
                    .memory(memory.src(), memory.dst())
                    .steps(steps.address(), steps.count())
                    .pixels(
                            from.address(first),
                            to.address(first),
                            first(to.count(), part + 1, parts) - first,
                            TileArguments.ROW_BYTES);
            if (part == 0) {
                arguments.border(border.address(), border.count());
            }
        }
    }

    /**
     * Means of all pixels of an image.
     *
     * @param type of dst
     * @param from offsets in src of the first pixel of each, 32 channels in bf16
     * @param to offsets in dst
     * @param pixels that are added: all of an image, and borders of zeros
     * @param stride bytes from one to the next
     * @param scale that the sum is multiplied by
     * @param srcBytes of src
     */
    record Means(
            String layouts,
            DataType type,
            Offsets from,
            Offsets to,
            long pixels,
            long stride,
            float scale,
            long srcBytes)
            implements TileWork {
        @Override
        public TileConvolution function() {
            return type == DataType.U8 ? TileConvolution.MEAN_U8 : TileConvolution.MEAN_BF16;
        }

        @Override
        public long macs() {
            return 0;
        }

        @Override
        public long dstBytes() {
            return to.count() * TileArguments.PANEL * type.size();
        }

        @Override
        public long residualBytes() {
            return 0;
        }

        @Override
        public long weightBytes() {
            return 0;
        }

        @Override
        public void fill(TileArguments arguments, Addresses memory, int part, int parts) {
            long first = first(to.count(), part, parts);
            arguments
                    .memory(memory.src(), memory.dst())
                    .means(
                            from.address(first),
                            to.address(first),
                            first(to.count(), part + 1, parts) - first,
                            pixels,
                            stride,
                            scale);
        }
    }

    /**
     * A product with a matrix.
     *
     * @param rows of src and dst
     * @param rowBytes of src
     * @param channels of dst, f32
     * @param weights in {@link dev.gatun.tiles.TilePacking}'s order, for a multiple of 32 channels
     * @param scales of as many, null in bf16
     * @param bias of as many
     */
    record Product(
            TileConvolution function,
            String layouts,
            long rows,
            long rowBytes,
            long channels,
            PackedTensor weights,
            @Nullable PackedTensor scales,
            PackedTensor bias)
            implements TileWork {
        private long panels() {
            return Math.ceilDiv(channels, TileArguments.PANEL);
        }

        @Override
        public DataType type() {
            return weights.desc().dataType();
        }

        @Override
        public long macs() {
            return rows * rowBytes / type().size() * channels;
        }

        @Override
        public long srcBytes() {
            return rows * rowBytes;
        }

        @Override
        public long dstBytes() {
            return rows * channels * Float.BYTES;
        }

        @Override
        public long residualBytes() {
            return 0;
        }

        @Override
        public long weightBytes() {
            return weights.data().byteSize()
                    + bias.data().byteSize()
                    + (scales == null ? 0 : scales.data().byteSize());
        }

        @Override
        public void fill(TileArguments arguments, Addresses memory, int part, int parts) {
            long panel = first(panels(), part, parts);
            long before = panel * TileArguments.PANEL * Float.BYTES;
            arguments
                    .memory(memory.src(), memory.dst())
                    .weights(
                            weights.data().address() + panel * (weights.data().byteSize() / panels()),
                            scales == null ? 0 : scales.data().address() + before,
                            bias.data().address() + before,
                            panel,
                            first(panels(), part + 1, parts) - panel)
                    .product(rows, rowBytes / TileArguments.ROW_BYTES, rowBytes, channels * Float.BYTES, channels);
        }
    }
}
