package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.FloatPixels;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.Team;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which nodes of a graph {@link TilePlanner} plans. */
final class TileNodes {
    static final int BF16_BYTES = 2;

    private final Graph graph;
    private final EightBit eightBit;
    private final DataType type;
    private final PlanRequest request;
    private final Set<String> names = new HashSet<>();
    private final Map<String, Sum> sums = new HashMap<>();
    private final Set<String> merged = new HashSet<>();

    /**
     * Convolutions of one sum.
     *
     * @param inner of stride 1, the only one to read its source
     * @param shortcut of any stride
     */
    record Sum(Node.Conv inner, Node.Conv shortcut) {}

    /** @param type of values that are not in 8 bits */
    TileNodes(Graph graph, EightBit eightBit, DataType type, PlanRequest request) {
        this.graph = graph;
        this.eightBit = eightBit;
        this.type = type;
        this.request = request;
        if (isUsable(request.threads())) {
            Map<String, Shape> all = graph.shapes(request.batch(), request.height(), request.width());
            for (Node node : graph.nodes()) {
                if (fits(node, all)) {
                    names.add(node.name());
                }
            }
            findSums();
        }
    }

    private boolean fits(Node node, Map<String, Shape> all) {
        return switch (node) {
            case Node.Conv conv -> fits(conv, all);
            case Node.MaxPool pool -> fits(pool, all);
            case Node.GlobalAveragePool pool -> names.contains(pool.src()) && isFloatingConv(pool.src());
            case Node.InnerProduct product -> fits(product, all);
            default -> false;
        };
    }

    /** Whether it is a convolution's result in bf16. */
    private boolean isFloatingConv(String name) {
        return graph.nodes().stream().anyMatch(node -> node.name().equals(name) && node instanceof Node.Conv)
                && !eightBit.keeps(name);
    }

    /** Whether it multiplies means that are computed here, whole lines of them. */
    private boolean fits(Node.InnerProduct product, Map<String, Shape> all) {
        boolean eightBits = eightBit.computes(product);
        return names.contains(product.src())
                && graph.nodes().stream()
                        .anyMatch(node -> node instanceof Node.GlobalAveragePool
                                && node.name().equals(product.src()))
                && all.getOrDefault(product.src(), Shape.of()).elements() == request.batch() * product.ic()
                && product.ic() * (eightBits ? 1 : BF16_BYTES) % TileArguments.ROW_BYTES == 0
                && (!eightBits || eightBit.type(product.src()) == DataType.U8)
                && TileConvolution.PRODUCT_BF16.obstacle().isEmpty()
                && TileConvolution.PRODUCT_U8.obstacle().isEmpty();
    }

    /**
     * Two 1x1 convolutions in bf16, one of which adds the result of the other, which nobody else reads: their products have one sum, so that
     * what is added need not be written, rounded and read. A file may list either of them first.
     */
    private void findSums() {
        Map<String, Integer> uses = graph.uses();
        Map<String, Node.Conv> matrices = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Conv conv && isMatrix(conv)) {
                String residual = conv.epilogue().residual();
                Node.Conv added = residual == null ? null : matrices.get(residual);
                if (added != null
                        && uses.getOrDefault(added.name(), 0) == 1
                        && !added.epilogue().relu()
                        && added.epilogue().residual() == null) {
                    Stream.of(new Sum(conv, added), new Sum(added, conv))
                            .filter(sum -> fits(sum, uses))
                            .findFirst()
                            .ifPresent(sum -> {
                                sums.put(conv.name(), sum);
                                merged.add(added.name());
                            });
                }
                matrices.put(conv.name(), conv);
            }
        }
    }

    private boolean fits(Sum sum, Map<String, Integer> uses) {
        Node.Conv inner = sum.inner();
        Node.Conv shortcut = sum.shortcut();
        return inner.window().strideH() == 1
                && uses.getOrDefault(inner.src(), 0) == 1
                && inner.ic() * BF16_BYTES >= TileArguments.LEAST_STEPS * TileArguments.ROW_BYTES
                && isReadByMatrices(shortcut.src(), shortcut.window().strideH());
    }

    /** Whether it multiplies pixels by a matrix, in bf16, here. */
    private boolean isMatrix(Node.Conv conv) {
        return names.contains(conv.name()) && !eightBit.computes(conv) && !isStem(conv) && isPointwise(conv.window());
    }

    private static boolean isPointwise(Window window) {
        return window.kernelH() == 1 && window.kernelW() == 1 && window.equals(window.withoutPadding());
    }

    /** Whether all who read it leave it without borders, and in an order in which those that a stride meets follow each other. */
    private boolean isReadByMatrices(String value, int stride) {
        return graph.nodes().stream()
                .filter(node -> node.sources().contains(value))
                .allMatch(node -> node instanceof Node.Conv conv
                        && !value.equals(conv.epilogue().residual())
                        && isPointwise(conv.window())
                        && (conv.window().strideH() == 1 || conv.window().strideH() == stride));
    }

    /** What is computed where the convolution is, which adds one of the two; null if that is not so. */
    @Nullable
    Sum sum(Node.Conv conv) {
        return sums.get(conv.name());
    }

    /** Whether it is computed with the convolution that adds its result. */
    boolean isMerged(Node node) {
        return merged.contains(node.name());
    }

    private static boolean isUsable(int threads) {
        return !"off".equals(System.getProperty(TilePlanner.PROPERTY))
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
                && names.contains(pool.src())
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
            return (eightBit.keeps(conv.name()) || widens(conv))
                    && eightBit.type(conv.src()) == DataType.U8
                    && conv.ic() % TileArguments.ROW_BYTES == 0;
        }
        return type == DataType.BF16
                && !eightBit.keeps(conv.name())
                && (isStem(conv) ? fitsFloats(conv) : conv.ic() * BF16_BYTES % TileArguments.ROW_BYTES == 0);
    }

    /** Whether it computes in int8 and puts out bf16. */
    private boolean widens(Node.Conv conv) {
        String residual = conv.epilogue().residual();
        return type == DataType.BF16 && (residual == null || eightBit.keeps(residual));
    }

    /** Whether it is not negative, and all who read it, one at least, are computed here, in int8. */
    boolean isReadInEightBits(String value) {
        List<Node> readers = graph.nodes().stream()
                .filter(node -> node.sources().contains(value))
                .toList();
        return !readers.isEmpty()
                && !graph.outputs().contains(value)
                && eightBit.type(value) == DataType.U8
                && readers.stream().allMatch(reader -> contains(reader) && eightBit.computes(reader));
    }

    /** Whether it reads the images. */
    boolean isStem(Node.Conv conv) {
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
    boolean any() {
        return !names.isEmpty();
    }

    /** Whether it is computed here. */
    boolean contains(Node node) {
        return names.contains(node.name());
    }
}
