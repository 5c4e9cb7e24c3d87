package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.TileArguments;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.PixelLayout;
import dev.gatun.tiles.TileGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** How the values between nodes on tiles lie. */
final class TileLayouts {
    private final PlanBuilder plan;
    private final Graph graph;
    private final EightBit eightBit;
    private final TileNodes nodes;
    private final Function<String, Shape> shapes;
    private final ToLongFunction<Node> images;
    private final Map<String, PixelLayout> layouts = new HashMap<>();

    /**
     * @param shapes of the values by name, for the images that steps work on
     * @param images that a node works on at once
     */
    TileLayouts(
            PlanBuilder plan,
            Graph graph,
            EightBit eightBit,
            TileNodes nodes,
            Function<String, Shape> shapes,
            ToLongFunction<Node> images) {
        this.plan = plan;
        this.graph = graph;
        this.eightBit = eightBit;
        this.nodes = nodes;
        this.shapes = shapes;
        this.images = images;
    }

    /** What a convolution takes from a source that lies so; empty if it cannot read it. */
    OptionalLong cycles(Node.Conv conv, PixelLayout src) {
        Shape dst = shapes.apply(conv.name());
        OptionalLong cycles = TileGrid.cycles(src, dst.intDim(0), conv.window(), dst.intDim(2), dst.intDim(3), false);
        if (cycles.isEmpty()) {
            return cycles;
        }
        int bytes = conv.ic() * (eightBit.computes(conv) ? 1 : TileNodes.BF16_BYTES);
        return OptionalLong.of(
                cycles.getAsLong() * (bytes / TileArguments.ROW_BYTES) * (conv.oc() / TileArguments.PANEL));
    }

    /** The layout in which a convolution reads its source fastest. */
    PixelLayout wanted(Node.Conv conv) {
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

    /** How a convolution reads a source that lies so; empty if it cannot. */
    Optional<TileGrid> grid(Node.Conv conv, PixelLayout src, Window window, boolean rowTaps) {
        Shape dst = shapes.apply(conv.name());
        return TileGrid.of(src, dst.intDim(0), window, dst.intDim(2), dst.intDim(3), rowTaps);
    }

    /**
     * The layout in which a node puts out its result: what one of its readers wants, if all can read it, else that of the result it is added
     * to, which can then take its place, else plain. In blocks if only nodes here read it, with as many images at a time: a tile's
     * rows are neighbours then, where pixels of many channels fall on few sets of a cache.
     */
    PixelLayout of(String name) {
        PixelLayout known = layouts.get(name);
        if (known == null) {
            known = find(name);
            layouts.put(name, known);
        }
        return known;
    }

    private PixelLayout find(String name) {
        Shape shape = shapes.apply(name);
        PixelLayout plain = PixelLayout.plain(shape.intDim(2), shape.intDim(3));
        List<Node.Conv> readers = new ArrayList<>();
        boolean together = true;
        for (Node node : graph.nodes()) {
            if (node.sources().contains(name)) {
                if (!nodes.contains(node)) {
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
                .or(() -> ofSum(name, plain, readers))
                .orElse(plain)
                .withBlocks(together && hasBlocks(name, shape));
    }

    /** Of the result that the value is added to, if its readers take no longer then. */
    private Optional<PixelLayout> ofSum(String name, PixelLayout plain, List<Node.Conv> readers) {
        return graph.nodes().stream()
                .filter(node -> node instanceof Node.Conv conv
                        && name.equals(conv.epilogue().residual()))
                .map(sum -> of(sum.name()).withBlocks(false))
                .filter(layout -> readers.stream().allMatch(reader -> {
                    OptionalLong cycles = cycles(reader, layout);
                    return cycles.isPresent()
                            && cycles.getAsLong() <= cycles(reader, plain).orElse(Long.MAX_VALUE);
                }))
                .findFirst();
    }

    /** Whether its channels are blocks of 64 bytes; 32 channels in 8 bits are half of one. */
    private boolean hasBlocks(String name, Shape shape) {
        return shape.intDim(1) * (eightBit.keeps(name) ? 1 : TileNodes.BF16_BYTES) % TileArguments.ROW_BYTES == 0;
    }
}
