package dev.gatun.plan;

import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.PixelLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/** Plans pooling of what {@link TilePlanner}'s convolutions put out, as it lies. */
final class TilePooling {
    private final PlanBuilder plan;
    private final Values values;
    private final EightBit eightBit;
    private final TileNodes nodes;
    private final TileLayouts layouts;
    private final Function<String, Shape> shapes;

    /** @param shapes of the values by name, for the images that steps work on */
    TilePooling(
            PlanBuilder plan,
            Values values,
            EightBit eightBit,
            TileNodes nodes,
            TileLayouts layouts,
            Function<String, Shape> shapes) {
        this.plan = plan;
        this.values = values;
        this.eightBit = eightBit;
        this.nodes = nodes;
        this.layouts = layouts;
        this.shapes = shapes;
    }

    /** The greatest of each window. */
    Value greatest(Node.MaxPool pool) {
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
                        src.words(src.pixels()) + " -> " + dst.words(layout),
                        src.desc().dataType(),
                        plan.offsets(from.inBlocks(from.positions(first), blocks)),
                        plan.offsets(taps),
                        plan.offsets(to.inBlocks(to.pixels(all), blocks)),
                        plan.offsets(to.inBlocks(to.borders(shape.intDim(0)), blocks)),
                        src.buffer().bytesOf(plan.images())),
                src,
                null,
                dst,
                null);
        return dst;
    }

    /** The means of what a convolution here puts out, in 8 bits if nobody reads them otherwise. */
    Value means(Node.GlobalAveragePool pool) {
        Value src = Objects.requireNonNull(values.laidOut(pool.src(), false));
        Shape shape = shapes.apply(pool.name());
        Shape image = shapes.apply(pool.src());
        boolean eightBits = nodes.isReadInEightBits(pool.name());
        float step = eightBits ? eightBit.scale(pool.name()) : 1;
        DataType type = eightBits ? DataType.U8 : DataType.BF16;
        Value dst = plan.value(plan.desc(type, FormatTag.NHWC, shape), step);
        int channels = shape.intDim(1);
        int blocks = channels / TileArguments.PANEL;
        PixelBytes bytes = PixelBytes.of(src.pixels(), channels * TileNodes.BF16_BYTES, plan.images());
        int[] from = new int[shape.intDim(0)];
        Arrays.setAll(from, n -> n * src.pixels().pixels());
        int[] to = new int[from.length * blocks];
        Arrays.setAll(to, i -> (i % from.length * channels + i / from.length * TileArguments.PANEL) * type.size());
        plan.tiles(
                pool.name(),
                new TileWork.Means(
                        src.words(src.pixels()) + " -> " + dst.words(PixelLayout.plain(1, 1)),
                        type,
                        plan.offsets(bytes.inBlocks(bytes.positions(from), blocks)),
                        plan.offsets(to),
                        src.pixels().pixels(),
                        bytes.pixel(),
                        1 / (image.dim(2) * image.dim(3) * step),
                        src.buffer().bytesOf(plan.images())),
                src,
                null,
                dst,
                null);
        return dst;
    }
}
