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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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

    private final PlanBuilder plan;
    private final Values values;
    private final EightBit eightBit;
    private final Function<String, Shape> shapes;
    private final PlanRequest request;
    private final TileNodes nodes;
    private final TileLayouts layouts;
    private final TilePooling pooling;
    private final TileProducts products;
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
        this.pooling = new TilePooling(plan, values, eightBit, nodes, layouts, shapes);
        this.products = new TileProducts(plan, values);
    }

    /** Whether any convolution is computed on tiles. */
    boolean computesAny() {
        return nodes.any();
    }

    /** Whether the convolution is computed on tiles, or the pooling on their layouts, or the product of its means. */
    boolean computes(Node node) {
        return nodes.contains(node);
    }

    /** Plans pooling. */
    TilePooling pooling() {
        return pooling;
    }

    /** Plans inner products. */
    TileProducts products() {
        return products;
    }

    /** Whether the node is computed with the convolution that adds its result: it has no value of its own. */
    boolean merges(Node node) {
        return nodes.isMerged(node);
    }

    /** What is computed where the convolution is, which adds one of the two; null if that is not so. */
    TileNodes.@Nullable Sum sum(Node.Conv conv) {
        return nodes.sum(conv);
    }

    /**
     * Two convolutions in bf16 that have one sum.
     *
     * @param conv the one that adds the other's result
     */
    Value floating(Node.Conv conv, TileNodes.Sum sum, FoldedWeights inner, FoldedWeights shortcut) {
        TilePacking own = packing(sum.inner(), sum.inner().ic(), false, TileNodes.BF16_BYTES);
        TilePacking others = packing(sum.shortcut(), sum.shortcut().ic(), false, TileNodes.BF16_BYTES);
        String name = sum.inner().name() + "+" + sum.shortcut().name();
        MemoryDesc desc = plan.desc(
                DataType.BF16,
                FormatTag.NC,
                Shape.of(own.panels(), (own.bytes() + others.bytes()) / own.panels() / TileNodes.BF16_BYTES));
        PackedTensor weights = plan.packer().filled(name + ".tiles", desc, data -> {
            own.pack(inner.weights(), data, others.steps());
            others.pack(shortcut.weights(), data.asSlice(own.bytes() / own.panels()), own.steps());
        });
        PackedTensor bias = bias(name, conv, () -> sum(inner.bias(), shortcut.bias()));
        Second second = new Second(source(sum.shortcut(), false), others);
        return convolve(conv, source(sum.inner(), false), second, new Filters(own, weights, null, bias, 1), false);
    }

    private static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** A convolution in bf16. */
    Value floating(Node.Conv conv, FoldedWeights folded, boolean lastReader) {
        if (nodes.isStem(conv)) {
            return onFloats(conv, folded, lastReader);
        }
        Source src = source(conv, false);
        TilePacking packing = packing(conv, conv.ic(), false, TileNodes.BF16_BYTES);
        PackedTensor weights =
                plan.weights(conv.name(), packing, DataType.BF16, data -> packing.pack(folded.weights(), data));
        return convolve(conv, src, null, floating(conv, packing, weights, folded), lastReader);
    }

    private Filters floating(Node.Conv conv, TilePacking packing, PackedTensor weights, FoldedWeights folded) {
        return new Filters(packing, weights, null, bias(conv.name(), conv, folded::bias), 1);
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
        TilePacking packing = packing(conv, FloatPadder.PADDED_CHANNELS, true, TileNodes.BF16_BYTES);
        PackedTensor weights = plan.weights(
                conv.name(),
                packing,
                DataType.BF16,
                data -> packing.pack(StemWeights.padded(folded.weights(), conv), data));
        Source source = new Source(
                src,
                layout,
                layouts.grid(conv, layout, window.withoutPadding(), true).orElseThrow());
        return convolve(conv, source, null, floating(conv, packing, weights, folded), lastReader);
    }

    /** A convolution in int8. */
    Value quantized(Node.Conv conv, QuantizedLayer layer, boolean lastReader) {
        return quantized(
                conv, layer, source(conv, true), packing(conv, conv.ic(), false, 1), layer::weights, lastReader);
    }

    /** Rows of pixels whose columns are neighbours for the first convolution in int8, so that a step has two rows of its kernel. */
    int rowsTogether(Node.Conv conv) {
        Window window = conv.window();
        boolean two = computes(conv)
                && window.strideH() % 2 == 0
                && window.kernelH() > 1
                && 2 * window.kernelW() * PixelPadder.PIXEL <= TileArguments.ROW_BYTES;
        return two ? 2 : 1;
    }

    /**
     * The first convolution in int8, on pixels.
     *
     * @param pixels with their border, {@link PixelPadder#PIXEL} channels of as many rows as are {@linkplain #rowsTogether together}
     */
    Value onPixels(Node.Conv conv, QuantizedLayer layer, Value pixels, boolean lastReader) {
        // The last pixels are read with what follows them, for which weights are zero.
        pixels.buffer().require(pixels.buffer().bytes() + TileArguments.ROW_BYTES, plan.images());
        PixelLayout layout = PixelLayout.plain(
                (int) pixels.desc().dim(2), (int) pixels.desc().dim(3));
        int together = rowsTogether(conv);
        Window own = conv.window();
        int kh = Math.ceilDiv(own.kernelH(), together);
        Window window =
                new Window(kh, own.kernelW(), own.strideH() / together, own.strideW(), 0, 0, 0, 0, own.dilation());
        TileGrid grid = layouts.grid(conv, layout, window, true).orElseThrow();
        TilePacking packing = new TilePacking(conv.oc(), PixelPadder.PIXEL * together, kh, own.kernelW(), true, 1);
        return quantized(
                conv,
                layer,
                new Source(pixels, layout, grid),
                packing,
                () -> StemWeights.together(layer.weights(), conv, together, packing),
                lastReader);
    }

    private Value quantized(
            Node.Conv conv,
            QuantizedLayer layer,
            Source src,
            TilePacking packing,
            Supplier<byte[]> unpacked,
            boolean lastReader) {
        float step = eightBit.keeps(conv.name()) ? eightBit.scale(conv.name()) : 1;
        PackedTensor weights =
                plan.weights(conv.name(), packing, DataType.S8, data -> packing.pack(unpacked.get(), data));
        PackedTensor scales = plan.scales(
                conv.name(),
                conv.oc(),
                () -> ConvPlanner.times(layer.scales(), src.value().scale(), step));
        PackedTensor bias = bias(conv.name(), conv, () -> ConvPlanner.times(layer.bias(), 1, step));
        return convolve(conv, src, null, new Filters(packing, weights, scales, bias, step), lastReader);
    }

    private static TilePacking packing(Node.Conv conv, int ic, boolean rowTaps, int elementBytes) {
        Window window = conv.window();
        return new TilePacking(conv.oc(), ic, window.kernelH(), window.kernelW(), rowTaps, elementBytes);
    }

    private PackedTensor bias(String name, Node.Conv conv, Supplier<float[]> bias) {
        return plan.packer().floats(name + ".bias", bias, plan.desc(DataType.F32, FormatTag.X, Shape.of(conv.oc())));
    }

    /** A value that a convolution reads. */
    private record Source(Value value, PixelLayout layout, TileGrid grid) {
        long channels() {
            return value.desc().dim(1);
        }

        /** Of all channels. */
        int pixelBytes() {
            return Math.toIntExact(channels() * value.desc().dataType().size());
        }

        PixelBytes bytes(long images) {
            return PixelBytes.of(layout, pixelBytes(), images);
        }

        /** From a row of a tile to the next. */
        long stride(long images) {
            return (long) grid.pixelStride() * bytes(images).pixel();
        }

        /** That a row of a tile takes with it into a cache. */
        long cachedBytes() {
            return (long) grid.pixelStride() * Math.max(pixelBytes(), TileArguments.ROW_BYTES);
        }
    }

    /** What a shortcut reads, whose tiles those of the convolution are then. */
    private record Second(Source source, TilePacking packing) {}

    /**
     * Weights and what follows the sums.
     *
     * @param packing of the weights of the first source
     * @param scales null in bf16
     * @param step of the result
     */
    private record Filters(
            TilePacking packing,
            PackedTensor weights,
            @Nullable PackedTensor scales,
            PackedTensor bias,
            float step) {}

    private Value convolve(Node.Conv conv, Source src, @Nullable Second second, Filters filters, boolean lastReader) {
        PackedTensor scales = filters.scales();
        float step = filters.step();
        Shape dstShape = shapes.apply(conv.name());
        DataType dstType = eightBit.keeps(conv.name()) ? eightBit.type(conv.name()) : DataType.BF16;
        PixelLayout layout = layouts.of(conv.name());
        String residualName = second == null ? conv.epilogue().residual() : null;
        Value residual = residualName == null ? null : laidOut(residualName, scales != null);
        Value dst = landing(residual, layout, dstType, dstShape, step, lastReader);
        int dstPixel = conv.oc() * dstType.size();
        PixelBytes from = src.bytes(plan.images());
        PixelBytes to = PixelBytes.of(layout, dstPixel, plan.images());
        PixelBytes added = residual == null
                ? to
                : PixelBytes.of(
                        residual.pixels(),
                        conv.oc() * residual.desc().dataType().size(),
                        plan.images());
        TileGrid grid = second == null ? src.grid() : second.source().grid();
        int[] steps = from.steps(src.grid().taps(), filters.packing());
        TileWork.Geometry geometry = new TileWork.Geometry(
                plan.offsets(second == null ? steps : steps(steps, second)),
                // A shortcut's tiles are of results that follow each other, and so do the pixels they are made of.
                plan.offsets(second == null ? from.positions(grid.tiles()) : from.pixels(grid.firstResults())),
                plan.offsets(to.pixels(grid.rows())),
                residual == null ? null : plan.offsets(PixelBytes.existing(added.pixels(grid.rows()))),
                plan.offsets(to.borders(dstShape.intDim(0))),
                grid.height(),
                src.stride(plan.images()),
                filters.packing().taps() == 1,
                src.cachedBytes() + (second == null ? 0 : second.source().cachedBytes()),
                to.plane(),
                added.plane(),
                second == null ? null : secondSource(second.source(), steps.length));
        TileWork.Channels channels = new TileWork.Channels(
                filters.weights(),
                scales,
                filters.bias(),
                filters.packing().panels(),
                residual == null ? 0 : residual.scale() / step,
                conv.epilogue().relu() ? 0 : Float.NEGATIVE_INFINITY);
        Window window = conv.window();
        Source other = second == null ? null : second.source();
        plan.tiles(
                conv.name(),
                new TileWork.Convolution(
                        function(scales != null, dstType, residual),
                        words(src) + (other == null ? "" : " + " + words(other)) + " -> " + dst.words(layout),
                        geometry,
                        channels,
                        dstShape.elements()
                                * (other == null
                                        ? (long) conv.ic() * window.kernelH() * window.kernelW()
                                        : src.channels() + other.channels()),
                        src.value().buffer().bytesOf(plan.images())
                                + (other == null ? 0 : other.value().buffer().bytesOf(plan.images())),
                        dstShape.elements() * dstType.size(),
                        residual == null
                                ? 0
                                : dstShape.elements()
                                        * residual.desc().dataType().size()),
                src.value(),
                other == null ? null : other.value(),
                dst,
                residual);
        return dst;
    }

    /** Steps of the first source, and behind them those of the second. */
    private int[] steps(int[] own, Second second) {
        int[] others = second.source()
                .bytes(plan.images())
                .steps(second.source().grid().taps(), second.packing());
        int[] all = Arrays.copyOf(own, own.length + others.length);
        System.arraycopy(others, 0, all, own.length, others.length);
        return all;
    }

    private TileWork.SecondSource secondSource(Source source, int ownSteps) {
        return new TileWork.SecondSource(
                ownSteps,
                plan.offsets(source.bytes(plan.images()).positions(source.grid().tiles())),
                source.stride(plan.images()));
    }

    private static TileConvolution function(boolean eightBits, DataType dst, @Nullable Value residual) {
        String added = residual == null ? "NONE" : residual.desc().dataType().name();
        String widens = eightBits && dst == DataType.BF16 ? "TO_" : "";
        return TileConvolution.valueOf(widens + dst.name() + "_" + added);
    }

    private static String words(Source source) {
        return source.value().words(source.layout());
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
                plan.desc(
                        value.desc().dataType(),
                        FormatTag.NHWC,
                        Shape.of(value.desc().dims())));
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
                        had.words(had.pixels()) + " -> " + moved.words(wanted),
                        had.desc().dataType(),
                        plan.offsets(from.inBlocks(from.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.borders(shape.intDim(0)), blocks)),
                        pixelBytes / blocks),
                had,
                null,
                moved,
                null);
        known.add(moved);
        return moved;
    }
}
