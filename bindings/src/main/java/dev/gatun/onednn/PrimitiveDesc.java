package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A problem together with the implementation that oneDNN chose for it. The factories, one a primitive, check shapes,
 * copy everything they are given and return a handle that the caller owns. A problem that no implementation takes is a
 * {@link OneDnnException} of status {@link Status#UNIMPLEMENTED}. Used by one thread at a time.
 *
 * <p>Shapes: mb, ic, oc, g as usual, {@code s...} one to three spatial dimensions. Any descriptor may have the layout
 * {@link FormatTag#ANY}; {@link #src}, {@link #weights} and {@link #dst} then tell what was chosen.
 */
public final class PrimitiveDesc extends Handle {
    private final PrimitiveKind kind;
    private final List<Attr.Quantization> quantizations;
    /* Written when somebody wants to read it: it takes a score of questions to oneDNN. */
    private final Supplier<String> problem;
    private final int threads;
    private final Map<Integer, MemoryDesc> views = new HashMap<>();
    private boolean last;

    private PrimitiveDesc(
            MemorySegment pointer,
            PrimitiveKind kind,
            List<Attr.Quantization> quantizations,
            Supplier<String> problem) {
        super(pointer);
        this.kind = kind;
        this.quantizations = quantizations;
        this.problem = problem;
        this.threads = OneDnn.maxThreads();
    }

    /**
     * Convolution: src [mb, ic, s...], weights [oc, ic, s...] or [g, oc/g, ic/g, s...], bias [oc], dst [mb, oc, s...].
     *
     * @param engine the engine
     * @param propKind forward training or inference
     * @param algorithm one of {@code CONVOLUTION_*}
     * @param src source
     * @param weights weights
     * @param bias bias, or null for none
     * @param dst destination
     * @param strides one a spatial dimension
     * @param dilates distance of neighbouring kernel elements minus 1, so 0 for a dense kernel
     * @param padL padding before the first element
     * @param padR padding after the last element
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc convolutionForward(
            Engine engine,
            PropKind propKind,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc weights,
            @Nullable MemoryDesc bias,
            MemoryDesc dst,
            long[] strides,
            long[] dilates,
            long[] padL,
            long[] padR,
            Attr attr) {
        Shapes.checkAlgorithm(algorithm, "CONVOLUTION");
        Window window = new Window(strides, dilates, padL, padR);
        Shapes.checkConvolution(src, weights, bias, dst, window);
        return create(
                PrimitiveKind.CONVOLUTION,
                "dnnl_convolution_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_convolution_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        algorithm.value(),
                        src.pointer(),
                        weights.pointer(),
                        Native.pointerOrNull(bias),
                        dst.pointer(),
                        Native.dims(arena, strides),
                        Native.dims(arena, dilates),
                        Native.dims(arena, padL),
                        Native.dims(arena, padR),
                        attr.pointer()),
                () -> "src " + src + " weights " + weights + " bias " + Native.describe(bias) + " dst " + dst + " "
                        + window,
                attr);
    }

    /**
     * Inner product: src [mb, ic, s...], weights [oc, ic, s...], bias [oc], dst [mb, oc].
     *
     * @param engine the engine
     * @param propKind forward training or inference
     * @param src source
     * @param weights weights
     * @param bias bias, or null for none
     * @param dst destination
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc innerProductForward(
            Engine engine,
            PropKind propKind,
            MemoryDesc src,
            MemoryDesc weights,
            @Nullable MemoryDesc bias,
            MemoryDesc dst,
            Attr attr) {
        Shapes.checkInnerProduct(src, weights, bias, dst);
        return create(
                PrimitiveKind.INNER_PRODUCT,
                "dnnl_inner_product_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        src.pointer(),
                        weights.pointer(),
                        Native.pointerOrNull(bias),
                        dst.pointer(),
                        attr.pointer()),
                () -> "src " + src + " weights " + weights + " bias " + Native.describe(bias) + " dst " + dst,
                attr);
    }

    /**
     * Matrix product: src [..., m, k], weights [..., k, n], bias broadcastable to dst [..., m, n].
     *
     * @param engine the engine
     * @param src source
     * @param weights weights
     * @param bias bias with as many dimensions as dst, or null for none
     * @param dst destination
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc matmul(
            Engine engine, MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst, Attr attr) {
        Shapes.checkMatmul(src, weights, bias, dst);
        return create(
                PrimitiveKind.MATMUL,
                "dnnl_matmul_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_matmul_primitive_desc_create(
                        out,
                        engine.pointer(),
                        src.pointer(),
                        weights.pointer(),
                        Native.pointerOrNull(bias),
                        dst.pointer(),
                        attr.pointer()),
                () -> "src " + src + " weights " + weights + " bias " + Native.describe(bias) + " dst " + dst,
                attr);
    }

    /**
     * Pooling: src [mb, c, s...], dst [mb, c, s...].
     *
     * @param engine the engine
     * @param propKind forward inference, or training for max pooling with a workspace
     * @param algorithm one of {@code POOLING_*}
     * @param src source
     * @param dst destination
     * @param strides one a spatial dimension
     * @param kernel size of the window
     * @param dilation distance of neighbouring window elements minus 1, so 0 for a dense window
     * @param padL padding before the first element
     * @param padR padding after the last element
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc poolingForward(
            Engine engine,
            PropKind propKind,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            long[] strides,
            long[] kernel,
            long[] dilation,
            long[] padL,
            long[] padR,
            Attr attr) {
        Shapes.checkAlgorithm(algorithm, "POOLING");
        Window window = new Window(strides, dilation, padL, padR);
        Shapes.checkPooling(src, dst, window, kernel);
        return create(
                PrimitiveKind.POOLING,
                "dnnl_pooling_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_pooling_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        algorithm.value(),
                        src.pointer(),
                        dst.pointer(),
                        Native.dims(arena, strides),
                        Native.dims(arena, kernel),
                        Native.dims(arena, dilation),
                        Native.dims(arena, padL),
                        Native.dims(arena, padR),
                        attr.pointer()),
                () -> algorithm + " src " + src + " dst " + dst + " kernel " + Native.join(kernel) + " " + window,
                attr);
    }

    /**
     * A function of every element: dst has the dimensions of src and may be the same memory.
     *
     * @param engine the engine
     * @param propKind forward training or inference
     * @param algorithm one of {@code ELTWISE_*}
     * @param src source
     * @param dst destination
     * @param alpha first parameter of the function
     * @param beta second parameter of the function
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc eltwiseForward(
            Engine engine,
            PropKind propKind,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            float alpha,
            float beta,
            Attr attr) {
        Shapes.checkAlgorithm(algorithm, "ELTWISE");
        Shapes.checkSameDims("dst", dst, "src", src);
        return create(
                PrimitiveKind.ELTWISE,
                "dnnl_eltwise_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        algorithm.value(),
                        src.pointer(),
                        dst.pointer(),
                        alpha,
                        beta,
                        attr.pointer()),
                () -> algorithm + " src " + src + " dst " + dst + " alpha " + alpha + " beta " + beta,
                attr);
    }

    /**
     * A function of two tensors, element by element; a dimension of either source may be 1 and is then broadcast.
     *
     * @param engine the engine
     * @param algorithm one of {@code BINARY_*}
     * @param src0 first source, {@link Arg#SRC_0}
     * @param src1 second source, {@link Arg#SRC_1}
     * @param dst destination
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc binary(
            Engine engine, Algorithm algorithm, MemoryDesc src0, MemoryDesc src1, MemoryDesc dst, Attr attr) {
        Shapes.checkAlgorithm(algorithm, "BINARY");
        Shapes.checkRank("src1", src1, src0.ndims(), src0.ndims());
        Shapes.checkRank("dst", dst, src0.ndims(), src0.ndims());
        return create(
                PrimitiveKind.BINARY,
                "dnnl_binary_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_binary_primitive_desc_create(
                        out,
                        engine.pointer(),
                        algorithm.value(),
                        src0.pointer(),
                        src1.pointer(),
                        dst.pointer(),
                        attr.pointer()),
                () -> algorithm + " src0 " + src0 + " src1 " + src1 + " dst " + dst,
                attr);
    }

    /**
     * Scaled sum of tensors of the same dimensions, passed as {@link Arg#MULTIPLE_SRC} + i.
     *
     * @param engine the engine
     * @param dst destination, or null to let oneDNN choose one like the first source
     * @param scales factor of each source
     * @param srcs the sources
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc sum(
            Engine engine, @Nullable MemoryDesc dst, float[] scales, MemoryDesc[] srcs, Attr attr) {
        if (srcs.length == 0 || scales.length != srcs.length) {
            throw new IllegalArgumentException(scales.length + " scales for " + srcs.length + " sources");
        }
        for (MemoryDesc src : srcs) {
            Shapes.checkSameDims("src", src, "the first", srcs[0]);
        }
        if (dst != null) {
            Shapes.checkSameDims("dst", dst, "src", srcs[0]);
        }
        return create(
                PrimitiveKind.SUM,
                "dnnl_sum_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_sum_primitive_desc_create(
                        out,
                        engine.pointer(),
                        Native.pointerOrNull(dst),
                        srcs.length,
                        arena.allocateFrom(ValueLayout.JAVA_FLOAT, scales),
                        Native.pointers(arena, List.of(srcs)),
                        attr.pointer()),
                () -> "srcs " + List.of(srcs) + " dst " + Native.describe(dst),
                attr);
    }

    /**
     * Copies a tensor into another layout or data type.
     *
     * @param engine the engine
     * @param src source, {@link Arg#FROM}
     * @param dst destination, {@link Arg#TO}, of the same dimensions
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc reorder(Engine engine, MemoryDesc src, MemoryDesc dst, Attr attr) {
        Shapes.checkSameDims("dst", dst, "src", src);
        return create(
                PrimitiveKind.REORDER,
                "dnnl_reorder_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_reorder_primitive_desc_create(
                        out, src.pointer(), engine.pointer(), dst.pointer(), engine.pointer(), attr.pointer()),
                () -> "src " + src + " dst " + dst,
                attr);
    }

    /**
     * Resampling: src [mb, c, s...], dst [mb, c, s...]; element i of dst is centred at {@code (i + 0.5) * src / dst}.
     *
     * @param engine the engine
     * @param propKind forward training or inference
     * @param algorithm one of {@code RESAMPLING_*}
     * @param src source
     * @param dst destination
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc resamplingForward(
            Engine engine, PropKind propKind, Algorithm algorithm, MemoryDesc src, MemoryDesc dst, Attr attr) {
        Shapes.checkAlgorithm(algorithm, "RESAMPLING");
        Shapes.checkRank("src", src, 3, 5);
        Shapes.checkRank("dst", dst, src.ndims(), src.ndims());
        return create(
                PrimitiveKind.RESAMPLING,
                "dnnl_resampling_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_resampling_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        algorithm.value(),
                        MemorySegment.NULL,
                        src.pointer(),
                        dst.pointer(),
                        attr.pointer()),
                () -> algorithm + " src " + src + " dst " + dst,
                attr);
    }

    /**
     * Softmax along one axis; dst has the dimensions of src and may be the same memory.
     *
     * @param engine the engine
     * @param propKind forward training or inference
     * @param algorithm one of {@code SOFTMAX_*}
     * @param src source
     * @param dst destination
     * @param axis the axis that sums to one
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc softmaxForward(
            Engine engine,
            PropKind propKind,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            int axis,
            Attr attr) {
        Shapes.checkAlgorithm(algorithm, "SOFTMAX");
        Shapes.checkSameDims("dst", dst, "src", src);
        Shapes.checkAxis(axis, src);
        return create(
                PrimitiveKind.SOFTMAX,
                "dnnl_softmax_forward_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_softmax_forward_primitive_desc_create(
                        out,
                        engine.pointer(),
                        propKind.value(),
                        algorithm.value(),
                        src.pointer(),
                        dst.pointer(),
                        axis,
                        attr.pointer()),
                () -> algorithm + " src " + src + " dst " + dst + " axis " + axis,
                attr);
    }

    /**
     * Reduces src along every dimension that is 1 in dst.
     *
     * @param engine the engine
     * @param algorithm one of {@code REDUCTION_*}
     * @param src source
     * @param dst destination; each dimension that of src, or 1
     * @param p exponent of the norms, otherwise unused
     * @param eps epsilon of the norms, otherwise unused
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc reduction(
            Engine engine, Algorithm algorithm, MemoryDesc src, MemoryDesc dst, float p, float eps, Attr attr) {
        Shapes.checkAlgorithm(algorithm, "REDUCTION");
        Shapes.checkRank("dst", dst, src.ndims(), src.ndims());
        return create(
                PrimitiveKind.REDUCTION,
                "dnnl_reduction_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_reduction_primitive_desc_create(
                        out, engine.pointer(), algorithm.value(), src.pointer(), dst.pointer(), p, eps, attr.pointer()),
                () -> algorithm + " src " + src + " dst " + dst + " p " + p + " eps " + eps,
                attr);
    }

    /**
     * Concatenates tensors, passed as {@link Arg#MULTIPLE_SRC} + i, along one axis.
     *
     * @param engine the engine
     * @param dst destination, or null to let oneDNN choose
     * @param axis the axis
     * @param srcs the sources, equal in all other dimensions
     * @param attr attributes
     * @return the descriptor
     */
    public static PrimitiveDesc concat(
            Engine engine, @Nullable MemoryDesc dst, int axis, MemoryDesc[] srcs, Attr attr) {
        if (srcs.length == 0) {
            throw new IllegalArgumentException("nothing to concatenate");
        }
        Shapes.checkAxis(axis, srcs[0]);
        for (MemoryDesc src : srcs) {
            Shapes.checkRank("src", src, srcs[0].ndims(), srcs[0].ndims());
        }
        return create(
                PrimitiveKind.CONCAT,
                "dnnl_concat_primitive_desc_create",
                (out, arena) -> Dnnl.dnnl_concat_primitive_desc_create(
                        out,
                        engine.pointer(),
                        Native.pointerOrNull(dst),
                        srcs.length,
                        axis,
                        Native.pointers(arena, List.of(srcs)),
                        attr.pointer()),
                () -> "srcs " + List.of(srcs) + " dst " + Native.describe(dst) + " axis " + axis,
                attr);
    }

    private static PrimitiveDesc create(
            PrimitiveKind kind, String call, Native.Constructor constructor, Supplier<String> problem, Attr attr) {
        Supplier<String> detail = () -> problem.get() + " attr " + attr;
        MemorySegment pointer = Native.create(call, constructor, detail);
        return new PrimitiveDesc(pointer, kind, attr.quantizations(), problem);
    }

    /** {@return the source, the first of several; borrowed} */
    public MemoryDesc src() {
        return src(0);
    }

    /**
     * One of the sources.
     *
     * @param index its position
     * @return its descriptor, borrowed, empty if there is no such source
     */
    public MemoryDesc src(int index) {
        return view(Dnnl.dnnl_query_src_md(), index);
    }

    /** {@return the weights; borrowed, empty if there are none} */
    public MemoryDesc weights() {
        return view(Dnnl.dnnl_query_weights_md(), 0);
    }

    /** {@return the bias; borrowed, empty if there is none} */
    public MemoryDesc bias() {
        return view(Dnnl.dnnl_query_weights_md(), 1);
    }

    /** {@return the destination; borrowed} */
    public MemoryDesc dst() {
        return view(Dnnl.dnnl_query_dst_md(), 0);
    }

    /** {@return what a training primitive keeps; borrowed, empty if nothing} */
    public MemoryDesc workspace() {
        return view(Dnnl.dnnl_query_workspace_md(), 0);
    }

    /** {@return the scratchpad the caller has to provide; borrowed, empty if none} */
    public MemoryDesc scratchpad() {
        return view(Dnnl.dnnl_query_scratchpad_md(), 0);
    }

    private MemoryDesc view(int what, int index) {
        MemorySegment pointer = pointer();
        int key = what << 8 | index;
        MemoryDesc view = views.get(key);
        if (view == null || !view.isOpen()) {
            view = new MemoryDesc(Dnnl.dnnl_primitive_desc_query_md(pointer, what, index), this);
            views.put(key, view);
        }
        return view;
    }

    /** {@return the name of the implementation, such as {@code jit:avx2}} */
    public String implInfo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Dnnl.C_POINTER);
            Status.check(
                    Dnnl.dnnl_primitive_desc_query(pointer(), Dnnl.dnnl_query_impl_info_str(), 0, out),
                    "dnnl_primitive_desc_query",
                    this::toString);
            return out.get(Dnnl.C_POINTER, 0).getString(0);
        }
    }

    /**
     * Goes on to the next implementation, in the order of oneDNN's preference. Descriptors borrowed before are then no
     * longer valid.
     *
     * @return false if there is none; this descriptor then stays as it is
     */
    public boolean nextImpl() {
        MemorySegment pointer = pointer();
        if (last) {
            return false;
        }
        int status = Dnnl.dnnl_primitive_desc_next_impl(pointer);
        if (status == Status.LAST_IMPL_REACHED.value()) {
            // oneDNN's own iterator must not be moved past its end again
            last = true;
            return false;
        }
        Status.check(status, "dnnl_primitive_desc_next_impl", this::toString);
        invalidateDependents();
        views.clear();
        return true;
    }

    /** {@return the kind of primitive} */
    public PrimitiveKind kind() {
        return kind;
    }

    /**
     * Creates the primitive, which generates its code.
     *
     * @return the primitive, owned by the caller; it does not need this descriptor any more
     */
    public Primitive create() {
        return Primitive.of(this);
    }

    List<Attr.Quantization> quantizations() {
        return quantizations;
    }

    /** The OpenMP team size that the implementation was planned for. */
    int threads() {
        return threads;
    }

    /** {@return kind and problem, without the layouts of the descriptors it was made from that are closed by now} */
    @Override
    public String toString() {
        return kind + " " + problem.get();
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_primitive_desc_destroy(pointer), "dnnl_primitive_desc_destroy", null);
    }
}
