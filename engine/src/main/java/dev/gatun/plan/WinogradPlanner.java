package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.natives.Winograd;
import dev.gatun.natives.WinogradArguments;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.Team;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.WinogradGrid;
import dev.gatun.tiles.WinogradPacking;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans the 3x3 convolutions that {@link Winograd} computes, where the machine has AVX-512: of values in f32, and of those in bf16 where
 * there is no AMX for them. One use, one thread.
 */
final class WinogradPlanner {
    /** System property: {@code off} leaves all convolutions to oneDNN. */
    static final String PROPERTY = "gatun.winograd";

    /** Multiply-accumulates in a cycle, of two units of 16 lanes that are busy for five cycles of six: what both ways reach. */
    private static final double MACS = 2 * 16 / 1.2;

    /**
     * How much more than in f32 a direct convolution in bf16 computes in a cycle: {@code vdpbf16ps} does twice as much as {@code
     * vfmadd231ps}, and AMD's Zen 4 starts as many of them. Intel's Xeons start fewer (benchmarks/results/isa.md); for them it is too much.
     */
    private static final double BF16_SPEED = 2;

    /** Bytes in a cycle, of weights that come from beyond L2. */
    private static final double WEIGHT_BYTES = 7;

    /** Cycles to transform 16 channels of a tile and the 16 of its results. */
    private static final double TRANSFORMS = 130;

    /** Of the cycles of a direct convolution. */
    private static final double WORTHWHILE = 0.8;

    /** Fewer rows wait for each other's sums. */
    private static final long LEAST_ROWS = 4;

    private final PlanBuilder plan;
    private final Values values;
    private final EightBit eightBit;
    private final Graph graph;
    private final Function<String, Shape> shapes;
    private final int threads;
    private final DataType type;
    private final Winograd function;
    private final boolean usable;

    /**
     * @param type of values that are not in 8 bits
     * @param emulated whether the plan computes in another type than was asked for, whose rounding is that of direct convolutions
     * @param shapes of the values by name, for the images that steps work on
     */
    WinogradPlanner(
            PlanBuilder plan,
            Values values,
            EightBit eightBit,
            Graph graph,
            DataType type,
            boolean emulated,
            int threads,
            Function<String, Shape> shapes) {
        this.plan = plan;
        this.values = values;
        this.eightBit = eightBit;
        this.graph = graph;
        this.shapes = shapes;
        this.threads = threads;
        this.type = type;
        this.function = type == DataType.BF16 ? Winograd.F4X4_3X3_BF16 : Winograd.F4X4_3X3;
        this.usable = (type == DataType.F32 || (type == DataType.BF16 && !hasTiles()))
                && !emulated
                && !"off".equals(System.getProperty(PROPERTY))
                && OneDnn.effectiveIsa().includes(type == DataType.BF16 ? CpuIsa.AVX512_CORE_BF16 : CpuIsa.AVX512_CORE)
                && function.obstacle().isEmpty()
                && (threads == 1 || Team.isAvailable());
    }

    private static boolean hasTiles() {
        return OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX);
    }

    /** Whether the convolution is computed so, for the images that steps now work on. */
    boolean computes(Node.Conv conv) {
        String input = graph.input().name();
        return usable
                && conv.groups() == 1
                && WinogradGrid.fits(conv.window())
                && conv.ic() % WinogradArguments.VECTOR == 0
                && conv.oc() % WinogradArguments.PANEL == 0
                && !eightBit.computes(conv)
                && !eightBit.keeps(conv.name())
                && !conv.src().equals(input)
                && !input.equals(conv.epilogue().residual())
                && addressable(conv.src())
                && addressable(conv.name())
                && pays(conv);
    }

    /** Whether all offsets in the value fit the tables. */
    private boolean addressable(String value) {
        return shapes.apply(value).elements() * type.size() <= Integer.MAX_VALUE;
    }

    /** Whether it takes so many fewer cycles, by an estimate, that reading four times the weights or more is worth it. */
    private boolean pays(Node.Conv conv) {
        Shape dst = shapes.apply(conv.name());
        double filters = (double) conv.ic() * conv.oc();
        double taps = conv.window().kernelH() * conv.window().kernelW();
        double pixels = dst.dim(0) * dst.dim(2) * dst.dim(3);
        double speed = type == DataType.BF16 ? BF16_SPEED : 1;
        double direct = cycles(pixels * taps * filters / speed, taps * filters * type.size());
        long tiles = grid(conv).tiles();
        double products = WinogradArguments.PIXELS * filters;
        double transforms = tiles * TRANSFORMS * (conv.ic() + conv.oc()) / WinogradArguments.VECTOR;
        return cycles(Math.max(tiles, LEAST_ROWS) * products, products * Float.BYTES) + transforms
                < WORTHWHILE * direct;
    }

    private static double cycles(double macs, double weightBytes) {
        return Math.max(macs / MACS, weightBytes / WEIGHT_BYTES);
    }

    private WinogradGrid grid(Node.Conv conv) {
        Shape src = shapes.apply(conv.src());
        Shape dst = shapes.apply(conv.name());
        return WinogradGrid.of(
                conv.window(), src.intDim(0), src.intDim(2), src.intDim(3), dst.intDim(2), dst.intDim(3));
    }

    /**
     * Plans it.
     *
     * @param lastReader whether nothing else reads the residual any more
     */
    Value convolve(Node.Conv conv, FoldedWeights folded, boolean lastReader) {
        Value src = channelsLast(conv.src());
        String added = conv.epilogue().residual();
        Value residual = added == null ? null : channelsLast(added);
        MemoryDesc desc = plan.desc(type, FormatTag.NHWC, shapes.apply(conv.name()));
        Value dst = landing(residual, desc, lastReader);
        WinogradGrid grid = grid(conv);
        WinogradPacking packing = new WinogradPacking(conv.oc(), conv.ic());
        MemoryDesc weights = plan.desc(
                DataType.F32,
                FormatTag.NC,
                Shape.of(packing.panels(), packing.bytes() / packing.panels() / Float.BYTES));
        MemoryDesc bias = plan.desc(DataType.F32, FormatTag.X, Shape.of(conv.oc()));
        long taps = (long) conv.window().kernelH() * conv.window().kernelW();
        WinogradWork work = new WinogradWork(
                function,
                src.desc() + " -> " + desc,
                plan.offsets(Offsets.scaled(grid.pixels(), conv.ic() * type.size())),
                plan.offsets(Offsets.scaled(grid.results(), conv.oc() * type.size())),
                plan.offsets(new int[conv.ic()]),
                plan.packer().filled(conv.name() + ".winograd", weights, data -> packing.pack(folded.weights(), data)),
                plan.packer().floats(conv.name() + ".bias", folded::bias, bias),
                conv.epilogue().relu() ? 0 : Float.NEGATIVE_INFINITY,
                desc.elements() * conv.ic() * taps,
                src.desc().size(),
                desc.size(),
                residual != null);
        plan.winograd(conv.name(), work, src, dst, residual, threads);
        return dst;
    }

    private Value channelsLast(String name) {
        Value value = values.floating(name);
        return value.desc().matches(FormatTag.NHWC)
                ? value
                : plan.copy(name, value, plan.desc(type, FormatTag.NHWC, shapes.apply(name)));
    }

    /** Where the result lies: where the residual lies already, if nobody else reads it. */
    private Value landing(@Nullable Value residual, MemoryDesc desc, boolean lastReader) {
        return residual != null && lastReader && residual.buffer().home() == Home.ARENA
                ? new Value(desc, residual.buffer())
                : plan.value(desc);
    }
}
