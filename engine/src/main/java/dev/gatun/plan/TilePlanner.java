package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.FloatPixels;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.Team;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.PixelLayout;
import dev.gatun.tiles.TileGrid;
import dev.gatun.tiles.TilePacking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Plans the convolutions that {@link TileConvolution} computes, where the machine has AMX: dense ones in int8 or bf16 with whole panels of
 * output channels. Between them, values lie as their readers want them; for all others, and for outputs, in NHWC. One use, one thread.
 */
final class TilePlanner {
    /** System property: {@code off} leaves all convolutions to oneDNN. */
    static final String PROPERTY = "gatun.tiles";

    /** What a core copies in a cycle, from L2 to L2. */
    private static final long COPIED_BYTES = 16;

    private static final int BF16_BYTES = 2;

    private final PlanBuilder plan;
    private final Values values;
    private final EightBit eightBit;
    private final Graph graph;
    private final DataType type;
    private final Function<String, Shape> shapes;
    private final ToLongFunction<Node> images;
    private final PlanRequest request;
    private final Set<String> tiled = new HashSet<>();
    private final Map<String, List<Value>> copies = new HashMap<>();

    /**
     * @param type of values that are not in 8 bits
     * @param shapes of the values by name, for the images that steps work on
     * @param images that a node works on at once
     */
    TilePlanner(
            PlanBuilder plan,
            Values values,
            EightBit eightBit,
            Graph graph,
            DataType type,
            PlanRequest request,
            Function<String, Shape> shapes,
            ToLongFunction<Node> images) {
        this.plan = plan;
        this.values = values;
        this.eightBit = eightBit;
        this.graph = graph;
        this.type = type;
        this.shapes = shapes;
        this.images = images;
        this.request = request;
        if (isUsable(request.threads())) {
            Map<String, Shape> all = graph.shapes(request.batch(), request.height(), request.width());
            for (Node node : graph.nodes()) {
                if ((node instanceof Node.Conv conv && fits(conv, all))
                        || (node instanceof Node.MaxPool pool && fits(pool, all))) {
                    tiled.add(node.name());
                }
            }
        }
    }

    private static boolean isUsable(int threads) {
        return !"off".equals(System.getProperty(PROPERTY))
                && OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX)
                && TileConvolution.U8_NONE.obstacle().isEmpty()
                && TileConvolution.BF16_NONE.obstacle().isEmpty()
                && (threads == 1 || Team.isAvailable());
    }

    private boolean fits(Node.Conv conv, Map<String, Shape> all) {
        Window window = conv.window();
        boolean dense =
                conv.groups() == 1 && window.strideH() == window.strideW() && conv.oc() % TileArguments.PANEL == 0;
        return dense && fitsType(conv) && addressable(window, conv.src(), all) && addressable(window, conv.name(), all);
    }

    /** Whether it is the only one to read a convolution that is computed here and puts out nothing below 0. */
    private boolean fits(Node.MaxPool pool, Map<String, Shape> all) {
        boolean alone = !graph.outputs().contains(pool.src())
                && graph.nodes().stream()
                                .filter(node -> node.sources().contains(pool.src()))
                                .count()
                        == 1;
        return alone
                && pool.window().dilation() == 1
                && tiled.contains(pool.src())
                && graph.nodes().stream()
                        .anyMatch(node -> node.name().equals(pool.src())
                                && node instanceof Node.Conv conv
                                && conv.epilogue().relu()
                                && conv.oc() * pooledType(conv).size() % TileArguments.ROW_BYTES == 0
                                && pooledType(conv) != DataType.S8
                                && addressable(pool.window(), pool.src(), all));
    }

    private DataType pooledType(Node.Conv conv) {
        return eightBit.keeps(conv.name()) ? eightBit.type(conv.name()) : DataType.BF16;
    }

    private boolean fitsType(Node.Conv conv) {
        if (eightBit.stem(conv)) {
            return eightBit.keeps(conv.name())
                    && conv.window().dilation() == 1
                    && conv.window().kernelW() * PixelPadder.PIXEL <= TileArguments.ROW_BYTES;
        }
        if (eightBit.computes(conv)) {
            return eightBit.keeps(conv.name())
                    && eightBit.type(conv.src()) == DataType.U8
                    && conv.ic() % TileArguments.ROW_BYTES == 0;
        }
        return type == DataType.BF16
                && !eightBit.keeps(conv.name())
                && (isStem(conv) ? fitsFloats(conv) : conv.ic() * BF16_BYTES % TileArguments.ROW_BYTES == 0);
    }

    private boolean isStem(Node.Conv conv) {
        return graph.input().name().equals(conv.src());
    }

    /** Whether a row of the kernel is a tap, as {@link FloatPadder} writes images. */
    private boolean fitsFloats(Node.Conv conv) {
        return request.input() == InputFormat.F32_NCHW
                && conv.ic() == FloatPadder.CHANNELS
                && conv.window().dilation() == 1
                && conv.window().kernelW() * FloatPixels.PIXEL_BYTES <= TileArguments.ROW_BYTES;
    }

    /** Whether all offsets in the value fit the tables. */
    private boolean addressable(Window window, String value, Map<String, Shape> all) {
        Shape shape = all.getOrDefault(value, Shape.of());
        long rows = shape.dim(2) + window.padTop() + window.padBottom() + window.strideH();
        long columns = shape.dim(3) + window.padLeft() + window.padRight() + window.strideW();
        return shape.dim(0) * Math.max(shape.dim(1), PixelPadder.PIXEL) * rows * columns * type.size()
                < Integer.MAX_VALUE;
    }

    /** Whether any convolution is computed on tiles. */
    boolean computesAny() {
        return !tiled.isEmpty();
    }

    /** Whether the convolution is computed on tiles, or the pooling on their layouts. */
    boolean computes(Node node) {
        return tiled.contains(node.name());
    }

    /** Max pooling. */
    Value pool(Node.MaxPool pool) {
        Value src = Objects.requireNonNull(values.laidOut(pool.src(), eightBit.keeps(pool.src())));
        Window window = pool.window();
        PixelLayout layout = layoutOf(pool.name());
        Shape shape = shapes.apply(pool.name());
        Value dst = plan.value(plan.desc(src.desc().dataType(), FormatTag.NHWC, shape), src.scale(), layout);
        int pixelBytes = shape.intDim(1) * src.desc().dataType().size();
        int blocks = pixelBytes / TileArguments.ROW_BYTES;
        Channels from = channels(src.pixels(), pixelBytes);
        Channels to = channels(layout, pixelBytes);
        int[] first = new int[shape.intDim(0) * shape.intDim(2) * shape.intDim(3)];
        int[] all = new int[first.length];
        for (int i = 0; i < first.length; i++) {
            int column = i % shape.intDim(3);
            int row = i / shape.intDim(3);
            all[i] = i;
            first[i] = row / shape.intDim(2) * src.pixels().pixels()
                    + src.pixels()
                            .index(
                                    row % shape.intDim(2) * window.strideH() - window.padTop(),
                                    column * window.strideW() - window.padLeft());
        }
        int[] taps = new int[window.kernelH() * window.kernelW()];
        for (int tap = 0; tap < taps.length; tap++) {
            taps[tap] = (tap / window.kernelW() * src.pixels().pitch() + tap % window.kernelW()) * from.pixel();
        }
        plan.tiles(
                pool.name(),
                new TileWork.Greatest(
                        src.eightBit() ? TileConvolution.GREATEST_U8 : TileConvolution.GREATEST_BF16,
                        words(src, src.pixels()) + " -> " + words(dst, layout),
                        src.desc().dataType(),
                        plan.offsets(from.spread(first, blocks)),
                        plan.offsets(taps),
                        plan.offsets(to.spread(placed(all, layout), blocks)),
                        plan.offsets(to.spread(borders(layout, shape), blocks)),
                        src.buffer().bytesOf(plan.images())),
                src,
                dst,
                null);
        return dst;
    }

    /** A convolution in bf16. */
    Value floating(Node.Conv conv, FoldedWeights folded, boolean lastReader) {
        if (isStem(conv)) {
            return onFloats(conv, folded, lastReader);
        }
        Source src = source(conv, false);
        TilePacking packing = packing(conv, conv.ic(), false, BF16_BYTES);
        PackedTensor weights = packed(conv, packing, DataType.BF16, data -> packing.pack(folded.weights(), data));
        return convolve(conv, src, packing, weights, null, folded::bias, 1, lastReader);
    }

    /** The first convolution in bf16, on the caller's images. */
    private Value onFloats(Node.Conv conv, FoldedWeights folded, boolean lastReader) {
        Window window = conv.window();
        Shape dst = shapes.apply(conv.name());
        // What is read beyond the kernel meets weights of zero, but must be a number.
        long read = (dst.dim(3) - 1) * window.strideW() + TileArguments.ROW_BYTES / FloatPixels.PIXEL_BYTES;
        long right = Math.max(window.padRight(), read - window.padLeft() - request.width());
        FloatPixels pixels = new FloatPixels(
                plan.images(),
                request.height(),
                request.width(),
                window.padTop(),
                window.padLeft(),
                window.padBottom(),
                right);
        PixelLayout layout = PixelLayout.plain(
                Math.toIntExact(window.padTop() + request.height() + window.padBottom()),
                Math.toIntExact(window.padLeft() + request.width() + right));
        Value src = plan.value(plan.desc(
                DataType.BF16,
                FormatTag.NHWC,
                Shape.of(plan.images(), FloatPadder.PADDED_CHANNELS, layout.height(), layout.width())));
        plan.read(conv.src(), new FloatPadder(pixels), src);
        TilePacking packing = packing(conv, FloatPadder.PADDED_CHANNELS, true, BF16_BYTES);
        PackedTensor weights =
                packed(conv, packing, DataType.BF16, data -> packing.pack(padded(folded.weights(), conv), data));
        Source source = new Source(
                src, layout, grid(conv, layout, window.withoutPadding(), true).orElseThrow());
        return convolve(conv, source, packing, weights, null, folded::bias, 1, lastReader);
    }

    /** Weights with a channel more, of zeros. */
    private static float[] padded(float[] weights, Node.Conv conv) {
        int taps = conv.window().kernelH() * conv.window().kernelW();
        float[] padded = new float[conv.oc() * FloatPadder.PADDED_CHANNELS * taps];
        int values = FloatPadder.CHANNELS * taps;
        for (int o = 0; o < conv.oc(); o++) {
            System.arraycopy(weights, o * values, padded, o * FloatPadder.PADDED_CHANNELS * taps, values);
        }
        return padded;
    }

    /** A convolution in int8. */
    Value quantized(Node.Conv conv, QuantizedLayer layer, boolean lastReader) {
        return quantized(conv, layer, source(conv, true), conv.ic(), false, lastReader);
    }

    /**
     * The first convolution in int8, on pixels.
     *
     * @param pixels with their border, {@link PixelPadder#PIXEL} channels
     */
    Value onPixels(Node.Conv conv, QuantizedLayer layer, Value pixels, boolean lastReader) {
        // The last pixels are read with what follows them, for which weights are zero.
        pixels.buffer().require(pixels.buffer().bytes() + TileArguments.ROW_BYTES, plan.images());
        PixelLayout layout = PixelLayout.plain(
                (int) pixels.desc().dim(2), (int) pixels.desc().dim(3));
        TileGrid grid = grid(conv, layout, conv.window().withoutPadding(), true).orElseThrow();
        return quantized(conv, layer, new Source(pixels, layout, grid), PixelPadder.PIXEL, true, lastReader);
    }

    private Value quantized(
            Node.Conv conv, QuantizedLayer layer, Source src, int ic, boolean rowTaps, boolean lastReader) {
        float step = eightBit.scale(conv.name());
        TilePacking packing = packing(conv, ic, rowTaps, 1);
        PackedTensor weights = packed(conv, packing, DataType.S8, data -> packing.pack(layer.weights(), data));
        PackedTensor scales = plan.scales(
                conv.name(),
                conv.oc(),
                () -> ConvPlanner.times(layer.scales(), src.value().scale(), step));
        return convolve(
                conv, src, packing, weights, scales, () -> ConvPlanner.times(layer.bias(), 1, step), step, lastReader);
    }

    private static TilePacking packing(Node.Conv conv, int ic, boolean rowTaps, int elementBytes) {
        Window window = conv.window();
        return new TilePacking(conv.oc(), ic, window.kernelH(), window.kernelW(), rowTaps, elementBytes);
    }

    private PackedTensor packed(
            Node.Conv conv, TilePacking packing, DataType weights, Consumer<MemorySegment> filling) {
        MemoryDesc desc = plan.desc(
                weights, FormatTag.NC, Shape.of(packing.panels(), packing.bytes() / packing.panels() / weights.size()));
        return plan.packer().filled(conv.name() + ".tiles", desc, filling);
    }

    /** A value that a convolution reads. */
    private record Source(Value value, PixelLayout layout, TileGrid grid) {}

    private Value convolve(
            Node.Conv conv,
            Source src,
            TilePacking packing,
            PackedTensor weights,
            @Nullable PackedTensor scales,
            Supplier<float[]> bias,
            float step,
            boolean lastReader) {
        Shape dstShape = shapes.apply(conv.name());
        DataType dstType = scales == null ? DataType.BF16 : eightBit.type(conv.name());
        PixelLayout layout = layoutOf(conv.name());
        String residualName = conv.epilogue().residual();
        Value residual = residualName == null ? null : laidOut(residualName, scales != null);
        Value dst = landing(residual, layout, dstType, dstShape, step, lastReader);
        TileGrid grid = src.grid();
        long ic = src.value().desc().dim(1);
        int srcPixel = (int) ic * src.value().desc().dataType().size();
        int dstPixel = conv.oc() * dstType.size();
        Channels from = channels(src.layout(), srcPixel);
        Channels to = channels(layout, dstPixel);
        Channels added = residual == null ? to : channels(residual.pixels(), dstPixel);
        TileWork.Geometry geometry = new TileWork.Geometry(
                plan.offsets(steps(grid.taps(), from, packing)),
                plan.offsets(Offsets.scaled(grid.tiles(), from.pixel())),
                plan.offsets(rows(grid, layout, to.pixel())),
                residual == null ? null : plan.offsets(existing(rows(grid, residual.pixels(), added.pixel()))),
                plan.offsets(Offsets.scaled(borders(layout, dstShape), to.pixel())),
                grid.height(),
                (long) grid.pixelStride() * from.pixel(),
                (long) grid.pixelStride() * Math.max(srcPixel, TileArguments.ROW_BYTES),
                to.plane(),
                added.plane());
        TileWork.Channels channels = new TileWork.Channels(
                weights,
                scales,
                plan.packer()
                        .floats(conv.name() + ".bias", bias, plan.desc(DataType.F32, FormatTag.X, Shape.of(conv.oc()))),
                packing.panels(),
                residual == null ? 0 : residual.scale() / step,
                conv.epilogue().relu() ? 0 : Float.NEGATIVE_INFINITY);
        Window window = conv.window();
        plan.tiles(
                conv.name(),
                new TileWork.Convolution(
                        function(dstType, residual),
                        words(src.value(), src.layout()) + " -> " + words(dst, layout),
                        geometry,
                        channels,
                        dstShape.elements() * ic * window.kernelH() * window.kernelW(),
                        src.value().buffer().bytesOf(plan.images()),
                        dstShape.elements() * dstType.size(),
                        residual == null ? 0 : dstShape.elements() * dstType.size()),
                src.value(),
                dst,
                residual);
        return dst;
    }

    private static TileConvolution function(DataType dst, @Nullable Value residual) {
        String added = residual == null ? "NONE" : residual.desc().dataType().name();
        return TileConvolution.valueOf(dst.name() + "_" + added);
    }

    private static String words(Value value, PixelLayout layout) {
        return value.desc().dataType().name().toLowerCase(Locale.ROOT) + ":"
                + value.desc().dim(0) + "x" + value.desc().dim(1) + "x" + layout;
    }

    /** Where the result lies: where the residual lies already, if that is laid out alike and nobody else reads it. */
    private Value landing(
            @Nullable Value residual,
            PixelLayout layout,
            DataType dstType,
            Shape shape,
            float step,
            boolean lastReader) {
        MemoryDesc desc = plan.desc(dstType, FormatTag.NHWC, shape);
        if (residual != null
                && lastReader
                && residual.buffer().home() == Home.ARENA
                && residual.pixels().equals(layout)
                && residual.desc().dataType().size() == dstType.size()) {
            return new Value(desc, residual.buffer(), step, layout);
        }
        return plan.value(desc, step, layout);
    }

    /** The source of a convolution, in a layout that it can read. */
    private Source source(Node.Conv conv, boolean eightBits) {
        Value had = laidOut(conv.src(), eightBits);
        OptionalLong direct = cycles(conv, had.pixels());
        PixelLayout wanted = wanted(conv);
        long copying = had.buffer().bytesOf(plan.images()) / COPIED_BYTES;
        boolean stays = direct.isPresent()
                && (wanted.equals(had.pixels().withBlocks(false))
                        || direct.getAsLong() <= cycles(conv, wanted).orElseThrow() + copying);
        PixelLayout pixels =
                stays ? had.pixels() : wanted.withBlocks(had.pixels().blocked());
        Value value = stays ? had : moved(conv.src(), had, pixels);
        return new Source(
                value, pixels, grid(conv, pixels, conv.window(), false).orElseThrow());
    }

    /** What a convolution takes from a source that lies so; empty if it cannot read it. */
    private OptionalLong cycles(Node.Conv conv, PixelLayout src) {
        Shape dst = shapes.apply(conv.name());
        OptionalLong cycles = TileGrid.cycles(src, dst.intDim(0), conv.window(), dst.intDim(2), dst.intDim(3), false);
        if (cycles.isEmpty()) {
            return cycles;
        }
        int bytes = conv.ic() * (eightBit.computes(conv) ? 1 : BF16_BYTES);
        return OptionalLong.of(
                cycles.getAsLong() * (bytes / TileArguments.ROW_BYTES) * (conv.oc() / TileArguments.PANEL));
    }

    /** The layout in which a convolution reads its source fastest. */
    private PixelLayout wanted(Node.Conv conv) {
        Shape shape = shapes.apply(conv.src());
        int height = shape.intDim(2);
        int width = shape.intDim(3);
        PixelLayout wanted = PixelLayout.plain(height, width);
        long least = cycles(conv, wanted).orElse(Long.MAX_VALUE);
        for (PixelLayout layout : List.of(
                PixelLayout.framed(height, width, conv.window()), PixelLayout.sorted(height, width, conv.window()))) {
            long cycles = cycles(conv, layout).orElse(Long.MAX_VALUE);
            if (cycles < least) {
                least = cycles;
                wanted = layout;
            }
        }
        return wanted;
    }

    private Optional<TileGrid> grid(Node.Conv conv, PixelLayout src, Window window, boolean rowTaps) {
        Shape dst = shapes.apply(conv.name());
        return TileGrid.of(src, dst.intDim(0), window, dst.intDim(2), dst.intDim(3), rowTaps);
    }

    /**
     * The layout in which a convolution puts out its result: what one of its readers wants, if all can read it, else plain. In blocks if none
     * but convolutions here reads it, with as many images at a time: a tile's rows are neighbours then, where pixels of many channels fall on
     * few sets of a cache.
     */
    private PixelLayout layoutOf(String name) {
        Shape shape = shapes.apply(name);
        PixelLayout plain = PixelLayout.plain(shape.intDim(2), shape.intDim(3));
        List<Node.Conv> readers = new ArrayList<>();
        boolean together = true;
        for (Node node : graph.nodes()) {
            if (node.sources().contains(name)) {
                if (!computes(node)) {
                    return plain;
                }
                // A convolution of the other kind gets a copy, which is made of plain values.
                if (node instanceof Node.Conv && eightBit.computes(node) != eightBit.keeps(name)) {
                    return plain;
                }
                if (node instanceof Node.MaxPool pool) {
                    return PixelLayout.framed(shape.intDim(2), shape.intDim(3), pool.window());
                }
                if (node instanceof Node.Conv conv && conv.src().equals(name)) {
                    readers.add(conv);
                }
                together &= images.applyAsLong(node) == plan.images();
            }
        }
        if (graph.outputs().contains(name)) {
            return plain;
        }
        return readers.stream()
                .map(this::wanted)
                .filter(layout -> !layout.isPlain()
                        && readers.stream()
                                .allMatch(reader -> cycles(reader, layout).isPresent()))
                .findFirst()
                .orElse(plain)
                .withBlocks(together);
    }

    /** A value as it lies; one that is not of tiles in NHWC. */
    private Value laidOut(String name, boolean eightBits) {
        Value known = values.laidOut(name, eightBits);
        if (known != null) {
            return known;
        }
        Value value = eightBits ? values.eightBit(name) : values.floating(name);
        if (!value.desc().matches(FormatTag.NHWC)) {
            value = copy(name, value);
        }
        long[] dims = value.desc().dims();
        return new Value(value.desc(), value.buffer(), value.scale(), PixelLayout.plain((int) dims[2], (int) dims[3]));
    }

    private Value copy(String name, Value value) {
        List<Value> known = copies.computeIfAbsent(name, _ -> new ArrayList<>());
        for (Value other : known) {
            if (other.layout() == null
                    && other.eightBit() == value.eightBit()
                    && other.desc().dim(0) == value.desc().dim(0)) {
                return other;
            }
        }
        Value copy = plan.copy(
                name,
                value,
                plan.own(MemoryDesc.of(
                        value.desc().dataType(), FormatTag.NHWC, value.desc().dims())));
        known.add(copy);
        return copy;
    }

    /** A value moved to another layout, once for all who read it there. */
    private Value moved(String name, Value had, PixelLayout wanted) {
        List<Value> known = copies.computeIfAbsent(name, _ -> new ArrayList<>());
        for (Value other : known) {
            if (wanted.equals(other.layout())
                    && other.eightBit() == had.eightBit()
                    && other.desc().dim(0) == had.desc().dim(0)) {
                return other;
            }
        }
        Value moved = plan.value(had.desc(), had.scale(), wanted);
        Shape shape = shapes.apply(name);
        int pixelBytes = shape.intDim(1) * had.desc().dataType().size();
        Channels from = channels(had.pixels(), pixelBytes);
        Channels to = channels(wanted, pixelBytes);
        int blocks = wanted.blocked() ? pixelBytes / TileArguments.ROW_BYTES : 1;
        int[] all = new int[shape.intDim(0) * shape.intDim(2) * shape.intDim(3)];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        plan.tiles(
                "move:" + name,
                new TileWork.Move(
                        words(had, had.pixels()) + " -> " + words(moved, wanted),
                        had.desc().dataType(),
                        plan.offsets(from.spread(placed(all, had.pixels()), blocks)),
                        plan.offsets(to.spread(placed(all, wanted), blocks)),
                        plan.offsets(to.spread(borders(wanted, shape), blocks)),
                        pixelBytes / blocks),
                had,
                moved,
                null);
        known.add(moved);
        return moved;
    }

    private static int[] borders(PixelLayout layout, Shape shape) {
        int[] one = layout.border();
        int[] all = new int[shape.intDim(0) * one.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i / one.length * layout.pixels() + one[i % one.length];
        }
        return all;
    }

    private static int[] rows(TileGrid grid, PixelLayout layout, int pixelBytes) {
        return Offsets.scaled(placed(grid.rows(), layout), pixelBytes);
    }

    /** Pixels of all images, counted row by row, to where they lie; negative numbers stay. */
    private static int[] placed(int[] pixels, PixelLayout layout) {
        int[] placed = new int[pixels.length];
        int perImage = layout.height() * layout.width();
        for (int i = 0; i < pixels.length; i++) {
            int inImage = pixels[i] % perImage;
            placed[i] = pixels[i] < 0
                    ? pixels[i]
                    : pixels[i] / perImage * layout.pixels()
                            + layout.index(inImage / layout.width(), inImage % layout.width());
        }
        return placed;
    }

    /** The residual is read also where nobody wants the result. */
    private static int[] existing(int[] offsets) {
        int[] existing = offsets.clone();
        for (int i = 0; i < existing.length; i++) {
            existing[i] = Math.max(existing[i], 0);
        }
        return existing;
    }

    private static int[] steps(int[] taps, Channels channels, TilePacking packing) {
        int perTap = packing.steps() / taps.length;
        int[] steps = new int[packing.steps()];
        for (int step = 0; step < steps.length; step++) {
            steps[step] = taps[step / perTap] * channels.pixel() + step % perTap * channels.plane();
        }
        return steps;
    }

    /**
     * Where channels lie.
     *
     * @param pixel bytes from a pixel to the next
     * @param plane bytes from 64 bytes of a pixel's channels to the next
     */
    private record Channels(int pixel, int plane) {
        /** Pixels as bytes, in so many blocks one after the other. */
        int[] spread(int[] pixels, int blocks) {
            int[] bytes = new int[blocks * pixels.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = pixels[i % pixels.length] * pixel + i / pixels.length * plane;
            }
            return bytes;
        }
    }

    private Channels channels(PixelLayout layout, int pixelBytes) {
        return layout.blocked()
                ? new Channels(
                        TileArguments.ROW_BYTES,
                        Math.toIntExact(plan.images() * layout.pixels() * TileArguments.ROW_BYTES))
                : new Channels(pixelBytes, TileArguments.ROW_BYTES);
    }
}
