package dev.gatun.plan;

import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.onednn.Algorithm;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onednn.PostOps;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.PropKind;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.plan.PlanBuilder.Arguments;
import dev.gatun.spec.Shape;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans one convolution, in floating point or in int8.
 *
 * <p>In int8 all scales of a layer are folded into one for each output channel, into its bias and into that of the residual: with
 * ReLU's positive homogeneity {@code relu(scale * acc + bias + residual) / dst = relu(scale / dst * acc + bias / dst + residual / dst)}.
 */
final class ConvPlanner {
    private final PlanBuilder plan;
    private final Values values;
    private final EightBit eightBit;
    private final DataType type;
    private final Node.Conv conv;
    private final Shape srcShape;
    private final Shape dstShape;
    private final boolean lastReader;

    /**
     * @param type of activations and weights that are not in 8 bits
     * @param lastReader whether nothing else reads the residual any more
     */
    ConvPlanner(
            PlanBuilder plan,
            Values values,
            EightBit eightBit,
            DataType type,
            Node.Conv conv,
            Shape srcShape,
            Shape dstShape,
            boolean lastReader) {
        this.plan = plan;
        this.values = values;
        this.eightBit = eightBit;
        this.type = type;
        this.conv = conv;
        this.srcShape = srcShape;
        this.dstShape = dstShape;
        this.lastReader = lastReader;
    }

    /** What a convolution computes with, whatever the layouts. */
    private record Problem(
            DataType src,
            DataType weights,
            DataType dst,
            float dstScale,
            int ic,
            Window window,
            @Nullable Value residual,
            boolean scaled) {}

    /** In floating point, with folded weights. */
    Value floating(FoldedWeights folded) {
        MemoryDesc wanted = plan.desc(type, FormatTag.ANY, srcShape);
        Problem problem = problem(type, type, false, conv.ic(), conv.window());
        PrimitiveDesc desc = choose(problem, wanted);
        Value src = values.floating(conv.src(), desc.src());
        if (!src.desc().sameAs(desc.src())) {
            PrimitiveDesc direct = made(problem, src.desc(), desc.dst());
            if (direct.implInfo().equals(desc.implInfo())) {
                desc = direct;
            } else {
                src = plan.copy(conv.name(), src, desc.src());
            }
        }
        desc = tuned(problem, desc);
        return finish(
                problem,
                desc,
                src,
                plan.packer().weights(conv.name(), folded::weights, weightTag(), desc.weights()),
                folded::bias,
                null);
    }

    /** In int8, on a source in 8 bits. */
    Value quantized(QuantizedLayer layer) {
        Value src = values.eightBit(conv.src());
        return quantized(layer, src, problem(src.desc().dataType(), DataType.S8, true, conv.ic(), conv.window()));
    }

    /**
     * The caller's pixels with a border, for {@link #onPixels}.
     *
     * @param together rows whose pixels of a column are neighbours, 1 for oneDNN
     */
    Value pixels(PixelStem stem, PlanRequest request, int together) {
        Window window = conv.window();
        long rows = request.height() + window.padTop() + window.padBottom();
        int beyond = Math.floorMod(-rows, together);
        PixelPadder padder = new PixelPadder(
                plan.images(),
                request.height(),
                request.width(),
                window.padTop(),
                window.padLeft(),
                window.padBottom() + beyond,
                window.padRight(),
                !request.input().planar(),
                together,
                stem.border(constant(stem)));
        Shape padded = Shape.of(
                plan.images(),
                (long) PixelPadder.PIXEL * together,
                (rows + beyond) / together,
                request.width() + window.padLeft() + window.padRight());
        Value src = plan.value(plan.desc(DataType.U8, FormatTag.NHWC, padded));
        plan.read(conv.src(), padder, src);
        return src;
    }

    /** In int8, on pixels that have been given their border. */
    Value onPixels(PixelStem stem, Value pixels) {
        Problem problem = problem(
                DataType.U8, DataType.S8, true, PixelPadder.PIXEL, conv.window().withoutPadding());
        return quantized(stem.layer(), pixels, problem);
    }

    /** It follows from the weights, which are not there when the cache has them packed. */
    private int constant(PixelStem stem) {
        MemoryDesc one = plan.desc(DataType.F32, FormatTag.X, Shape.of(1));
        return (int) plan.packer()
                .floats(conv.name() + ".border", () -> new float[] {stem.constant()}, one)
                .data()
                .get(ValueLayout.JAVA_FLOAT, 0);
    }

    private Value quantized(QuantizedLayer layer, Value src, Problem problem) {
        PrimitiveDesc desc = tuned(problem, choose(problem, src.desc()));
        float step = problem.dstScale();
        return finish(
                problem,
                desc,
                src,
                plan.packer().weights8(conv.name(), layer::weights, weightTag(), desc.weights()),
                () -> times(layer.bias(), 1, step),
                () -> times(layer.scales(), src.scale(), step));
    }

    static float[] times(float[] values, float factor, float divisor) {
        float[] results = new float[values.length];
        for (int i = 0; i < results.length; i++) {
            results[i] = factor * values[i] / divisor;
        }
        return results;
    }

    private Problem problem(DataType src, DataType weights, boolean scaled, int ic, Window window) {
        boolean keeps = eightBit.keeps(conv.name());
        String residual = conv.epilogue().residual();
        Value added = residual == null ? null : keeps ? values.eightBit(residual) : values.floating(residual);
        return new Problem(
                src,
                weights,
                keeps ? eightBit.type(conv.name()) : type,
                keeps ? eightBit.scale(conv.name()) : 1,
                ic,
                window,
                added,
                scaled);
    }

    /** oneDNN's choice of layouts, but for the result the residual's where that costs no slower kernel. */
    private PrimitiveDesc choose(Problem problem, MemoryDesc src) {
        PrimitiveDesc free = made(problem, src, plan.desc(problem.dst(), FormatTag.ANY, dstShape));
        Value residual = problem.residual();
        if (residual == null || sameLayout(residual.desc(), free.dst())) {
            return free;
        }
        PrimitiveDesc inPlace = made(problem, src, retyped(residual.desc(), problem.dst()));
        return inPlace.implInfo().equals(free.implInfo()) ? inPlace : free;
    }

    /** The fastest implementation with the layouts of {@code chosen}, as far as that has been measured. */
    private PrimitiveDesc tuned(Problem problem, PrimitiveDesc chosen) {
        MemoryDesc src = chosen.src();
        MemoryDesc dst = chosen.dst();
        Supplier<String> key = () -> String.format(
                Locale.ROOT,
                "conv g%d %s src %s dst %s sum %s relu %b threads %d",
                conv.groups(),
                problem.window(),
                src,
                dst,
                problem.residual() == null ? "no" : problem.residual().desc().dataType(),
                conv.epilogue().relu(),
                OneDnn.maxThreads());
        String choice = plan.tuner().choice(plan.engine(), key, () -> create(problem, src, dst));
        PrimitiveDesc tuned = choice.isEmpty() || choice.equals(chosen.implInfo())
                ? chosen
                : plan.handles()
                        .once(
                                PrimitiveDesc.class,
                                () -> Tuner.at(choice, () -> create(problem, src, dst)),
                                chosen,
                                choice);
        if (tuned.implInfo().equals(choice)) {
            plan.countTuned();
        }
        return tuned;
    }

    private boolean sameLayout(MemoryDesc one, MemoryDesc other) {
        return one.dataType() == other.dataType()
                ? one.sameAs(other)
                : Arrays.equals(one.strides(), other.strides()) && Arrays.equals(one.dims(), other.dims());
    }

    private MemoryDesc retyped(MemoryDesc desc, DataType wanted) {
        return desc.dataType() == wanted
                ? desc
                : plan.handles()
                        .once(
                                MemoryDesc.class,
                                () -> MemoryDesc.ofStrides(wanted, desc.dims(), desc.strides()),
                                wanted,
                                desc);
    }

    private Value finish(
            Problem problem,
            PrimitiveDesc desc,
            Value src,
            PackedTensor weights,
            Supplier<float[]> bias,
            @Nullable Supplier<float[]> scales) {
        Value result = landing(problem, desc.dst());
        Arguments arguments = new Arguments()
                .value(Arg.SRC, src)
                .constant(Arg.WEIGHTS, weights)
                .constant(Arg.BIAS, plan.packer().floats(conv.name() + ".bias", bias, biasDesc()))
                .value(Arg.DST, result);
        if (scales != null) {
            arguments.constant(Arg.attrScales(Arg.WEIGHTS), plan.scales(conv.name(), conv.oc(), scales));
        }
        plan.execute(conv.name(), desc, arguments, result);
        return result;
    }

    /** Where the result lies: if a residual is added, where that lies already. */
    private Value landing(Problem problem, MemoryDesc dst) {
        Value residual = problem.residual();
        if (residual == null) {
            return plan.value(dst, problem.dstScale());
        }
        boolean inPlace = lastReader && residual.buffer().home() == Home.ARENA && sameLayout(residual.desc(), dst);
        Value added = inPlace
                ? residual
                : plan.copy(conv.name(), residual, retyped(dst, residual.desc().dataType()));
        return new Value(dst, added.buffer(), problem.dstScale());
    }

    private PrimitiveDesc made(Problem problem, MemoryDesc src, MemoryDesc dst) {
        return plan.handles()
                .once(
                        PrimitiveDesc.class,
                        () -> create(problem, src, dst),
                        src,
                        dst,
                        problem.weights(),
                        problem.ic(),
                        conv.oc(),
                        conv.groups(),
                        problem.window(),
                        attr(problem));
    }

    /** The caller owns what is returned. */
    private PrimitiveDesc create(Problem problem, MemoryDesc src, MemoryDesc dst) {
        Window w = problem.window();
        int groups = conv.groups();
        Shape weights = groups == 1
                ? Shape.of(conv.oc(), problem.ic(), w.kernelH(), w.kernelW())
                : Shape.of(groups, conv.oc() / groups, problem.ic() / groups, w.kernelH(), w.kernelW());
        long[] dilates = {w.dilation() - 1L, w.dilation() - 1L};
        return PrimitiveDesc.convolutionForward(
                plan.engine(),
                PropKind.FORWARD_INFERENCE,
                Algorithm.CONVOLUTION_DIRECT,
                src,
                plan.desc(problem.weights(), FormatTag.ANY, weights),
                biasDesc(),
                dst,
                Windows.strides(w),
                dilates,
                Windows.padLeft(w),
                Windows.padRight(w),
                attr(problem));
    }

    private Attr attr(Problem problem) {
        Value residual = problem.residual();
        boolean relu = conv.epilogue().relu();
        float sum = residual == null ? 0 : residual.scale() / problem.dstScale();
        DataType sumType = residual == null ? DataType.UNDEF : residual.desc().dataType();
        // One for each output channel, which a group dimension divides in two.
        int scales = problem.scaled() ? conv.groups() == 1 ? 0b1 : 0b11 : 0;
        return plan.handles().once(Attr.class, () -> attr(relu, sum, sumType, scales), relu, sum, sumType, scales);
    }

    private static Attr attr(boolean relu, float sum, DataType sumType, int scales) {
        PostOps.Builder postOps = PostOps.builder();
        if (sumType != DataType.UNDEF) {
            postOps.sum(sum, 0, sumType);
        }
        if (relu) {
            postOps.relu();
        }
        Attr.Builder attr = Attr.builder().postOps(postOps.build());
        if (scales != 0) {
            attr.scales(Arg.WEIGHTS, scales);
        }
        return attr.build();
    }

    private MemoryDesc biasDesc() {
        return plan.desc(DataType.F32, FormatTag.X, Shape.of(conv.oc()));
    }

    private FormatTag weightTag() {
        return conv.groups() == 1 ? FormatTag.OIHW : FormatTag.GOIHW;
    }

    /** Weights that only move channels: ones, at a scale of one. */
    static QuantizedLayer embedding(Node.Conv conv) {
        if (!(conv.kernel() instanceof Kernel.ChannelEmbedding(int front))) {
            throw new IllegalArgumentException(conv.name() + " has weights of its own");
        }
        byte[] weights = new byte[conv.oc() * conv.ic()];
        for (int i = 0; i < conv.ic(); i++) {
            weights[(front + i) * conv.ic() + i] = 1;
        }
        float[] scales = new float[conv.oc()];
        Arrays.fill(scales, 1);
        return new QuantizedLayer(weights, scales, new float[conv.oc()]);
    }
}
