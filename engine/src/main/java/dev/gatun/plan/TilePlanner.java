package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.FloatPixels;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.PixelLayout;
import dev.gatun.tiles.TileGrid;
import dev.gatun.tiles.TilePacking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
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
    private final Function<String, Shape> shapes;
    private final PlanRequest request;
    private final TileNodes nodes;
    private final TileLayouts layouts;
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
        this.shapes = shapes;
        this.request = request;
        this.nodes = new TileNodes(graph, eightBit, type, request);
        this.layouts = new TileLayouts(plan, graph, eightBit, nodes, shapes, images);
    }

    /** Whether any convolution is computed on tiles. */
    boolean computesAny() {
        return nodes.any();
    }

    /** Whether the convolution is computed on tiles, or the pooling on their layouts. */
    boolean computes(Node node) {
        return nodes.contains(node);
    }

    /** Max pooling. */
    Value pool(Node.MaxPool pool) {
        Value src = Objects.requireNonNull(values.laidOut(pool.src(), eightBit.keeps(pool.src())));
        Window window = pool.window();
        PixelLayout layout = layouts.of(pool.name());
        Shape shape = shapes.apply(pool.name());
        Value dst = plan.value(plan.desc(src.desc().dataType(), FormatTag.NHWC, shape), src.scale(), layout);
        int pixelBytes = shape.intDim(1) * src.desc().dataType().size();
        int blocks = pixelBytes / TileArguments.ROW_BYTES;
        PixelBytes from = PixelBytes.of(src.pixels(), pixelBytes, plan.images());
        PixelBytes to = PixelBytes.of(layout, pixelBytes, plan.images());
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
                        plan.offsets(from.inBlocks(from.positions(first), blocks)),
                        plan.offsets(taps),
                        plan.offsets(to.inBlocks(to.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.borders(shape.intDim(0)), blocks)),
                        src.buffer().bytesOf(plan.images())),
                src,
                dst,
                null);
        return dst;
    }

    /** A convolution in bf16. */
    Value floating(Node.Conv conv, FoldedWeights folded, boolean lastReader) {
        if (nodes.isStem(conv)) {
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
                src,
                layout,
                layouts.grid(conv, layout, window.withoutPadding(), true).orElseThrow());
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
        TileGrid grid =
                layouts.grid(conv, layout, conv.window().withoutPadding(), true).orElseThrow();
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
        PixelLayout layout = layouts.of(conv.name());
        String residualName = conv.epilogue().residual();
        Value residual = residualName == null ? null : laidOut(residualName, scales != null);
        Value dst = landing(residual, layout, dstType, dstShape, step, lastReader);
        TileGrid grid = src.grid();
        long ic = src.value().desc().dim(1);
        int srcPixel = (int) ic * src.value().desc().dataType().size();
        int dstPixel = conv.oc() * dstType.size();
        PixelBytes from = PixelBytes.of(src.layout(), srcPixel, plan.images());
        PixelBytes to = PixelBytes.of(layout, dstPixel, plan.images());
        PixelBytes added = residual == null ? to : PixelBytes.of(residual.pixels(), dstPixel, plan.images());
        TileWork.Geometry geometry = new TileWork.Geometry(
                plan.offsets(from.steps(grid.taps(), packing)),
                plan.offsets(from.positions(grid.tiles())),
                plan.offsets(to.pixels(grid.rows())),
                residual == null ? null : plan.offsets(PixelBytes.existing(added.pixels(grid.rows()))),
                plan.offsets(to.borders(dstShape.intDim(0))),
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
        OptionalLong direct = layouts.cycles(conv, had.pixels());
        PixelLayout wanted = layouts.wanted(conv);
        long copying = had.buffer().bytesOf(plan.images()) / COPIED_BYTES;
        boolean stays = direct.isPresent()
                && (wanted.equals(had.pixels().withBlocks(false))
                        || direct.getAsLong() <= layouts.cycles(conv, wanted).orElseThrow() + copying);
        PixelLayout pixels =
                stays ? had.pixels() : wanted.withBlocks(had.pixels().blocked());
        Value value = stays ? had : moved(conv.src(), had, pixels);
        return new Source(
                value, pixels, layouts.grid(conv, pixels, conv.window(), false).orElseThrow());
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
        PixelBytes from = PixelBytes.of(had.pixels(), pixelBytes, plan.images());
        PixelBytes to = PixelBytes.of(wanted, pixelBytes, plan.images());
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
                        plan.offsets(from.inBlocks(from.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.borders(shape.intDim(0)), blocks)),
                        pixelBytes / blocks),
                had,
                moved,
                null);
        known.add(moved);
        return moved;
    }
}
