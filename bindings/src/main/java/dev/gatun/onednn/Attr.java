package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * How a primitive computes: scratchpad, post-ops, quantisation, permitted arithmetic. Owned by its creator; a primitive
 * descriptor copies it. Immutable and thread-safe. Unlike in oneDNN, the default scratchpad mode is
 * {@link ScratchpadMode#USER}.
 */
public final class Attr extends Handle {
    private final List<Quantization> quantizations;
    private final String words;

    private Attr(MemorySegment pointer, List<Quantization> quantizations, String words) {
        super(pointer);
        this.quantizations = quantizations;
        this.words = words;
    }

    /** Scales or zero points that are passed at execution: their shape follows from the mask. */
    record Quantization(boolean scales, int arg, int mask, DataType dataType) {
        int executionArg() {
            return scales ? Arg.attrScales(arg) : Arg.attrZeroPoints(arg);
        }
    }

    /** {@return a builder with the user's scratchpad and nothing else} */
    public static Builder builder() {
        return new Builder();
    }

    List<Quantization> quantizations() {
        return quantizations;
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_primitive_attr_destroy(pointer), "dnnl_primitive_attr_destroy", null);
    }

    /** {@return the settings that differ from the defaults} */
    @Override
    public String toString() {
        return words;
    }

    /** Collects attributes; a built {@link Attr} does not follow later changes. */
    public static final class Builder {
        private ScratchpadMode scratchpad = ScratchpadMode.USER;
        private PostOps postOps = PostOps.NONE;
        private FpmathMode fpmath = FpmathMode.STRICT;
        private boolean fpmathForIntegers;
        private AccumulationMode accumulation = AccumulationMode.STRICT;
        private boolean deterministic;
        private final List<Quantization> quantizations = new ArrayList<>();

        private Builder() {}

        /**
         * Sets who provides the scratchpad.
         *
         * @param mode the mode; {@link ScratchpadMode#LIBRARY} makes the primitive unsafe for threads
         * @return this
         */
        public Builder scratchpad(ScratchpadMode mode) {
            scratchpad = mode;
            return this;
        }

        /**
         * Sets what is done to the result.
         *
         * @param ops the post-ops; descriptors in them must stay open until {@link #build}
         * @return this
         */
        public Builder postOps(PostOps ops) {
            postOps = ops;
            return this;
        }

        /**
         * Declares f32 scales of an argument, passed at execution as {@link Arg#attrScales}.
         *
         * @param arg the argument
         * @param mask bit i set: one scale per index of dimension i; 0: one scale
         * @return this
         */
        public Builder scales(int arg, int mask) {
            return scales(arg, mask, DataType.F32);
        }

        /**
         * Declares scales of an argument, passed at execution as {@link Arg#attrScales}.
         *
         * @param arg the argument
         * @param mask bit i set: one scale per index of dimension i; 0: one scale
         * @param dataType type of the scales
         * @return this
         */
        public Builder scales(int arg, int mask, DataType dataType) {
            return quantize(new Quantization(true, arg, mask, dataType));
        }

        /**
         * Declares s32 zero points of an argument, passed at execution as {@link Arg#attrZeroPoints}.
         *
         * @param arg the argument
         * @param mask bit i set: one zero point per index of dimension i; 0: one
         * @return this
         */
        public Builder zeroPoints(int arg, int mask) {
            return quantize(new Quantization(false, arg, mask, DataType.S32));
        }

        private Builder quantize(Quantization quantization) {
            if (quantization.mask() < 0 || quantization.mask() >= 1 << Native.MAX_NDIMS) {
                throw new IllegalArgumentException("not a mask of dimensions: " + quantization.mask());
            }
            quantizations.removeIf(q -> q.executionArg() == quantization.executionArg());
            quantizations.add(quantization);
            return this;
        }

        /**
         * Permits arithmetic in a smaller type than f32.
         *
         * @param mode what is permitted
         * @param applyToInt whether integer weights may be computed with in floating point
         * @return this
         */
        public Builder fpmath(FpmathMode mode, boolean applyToInt) {
            fpmath = mode;
            fpmathForIntegers = applyToInt;
            return this;
        }

        /**
         * Sets the type of accumulators.
         *
         * @param mode the mode
         * @return this
         */
        public Builder accumulation(AccumulationMode mode) {
            accumulation = mode;
            return this;
        }

        /**
         * Asks for bitwise equal results from run to run.
         *
         * @param value whether to ask
         * @return this
         */
        public Builder deterministic(boolean value) {
            deterministic = value;
            return this;
        }

        /** {@return the attributes, owned by the caller} */
        public Attr build() {
            OneDnn.load();
            String words = toString();
            MemorySegment attr = Native.create(
                    "dnnl_primitive_attr_create", (out, arena) -> Dnnl.dnnl_primitive_attr_create(out), null);
            Attr built = new Attr(attr, List.copyOf(quantizations), words);
            try {
                configure(attr);
            } catch (RuntimeException e) {
                built.close();
                throw e;
            }
            return built;
        }

        private void configure(MemorySegment attr) {
            check(
                    Dnnl.dnnl_primitive_attr_set_scratchpad_mode(attr, scratchpad.value()),
                    "dnnl_primitive_attr_set_scratchpad_mode");
            check(
                    Dnnl.dnnl_primitive_attr_set_fpmath_mode_v2(attr, fpmath.value(), fpmathForIntegers ? 1 : 0),
                    "dnnl_primitive_attr_set_fpmath_mode_v2");
            check(
                    Dnnl.dnnl_primitive_attr_set_accumulation_mode(attr, accumulation.value()),
                    "dnnl_primitive_attr_set_accumulation_mode");
            check(
                    Dnnl.dnnl_primitive_attr_set_deterministic(attr, deterministic ? 1 : 0),
                    "dnnl_primitive_attr_set_deterministic");
            for (Quantization q : quantizations) {
                if (q.scales()) {
                    check(
                            Dnnl.dnnl_primitive_attr_set_scales(
                                    attr,
                                    q.arg(),
                                    q.mask(),
                                    0,
                                    MemorySegment.NULL,
                                    q.dataType().value()),
                            "dnnl_primitive_attr_set_scales");
                } else {
                    check(
                            Dnnl.dnnl_primitive_attr_set_zero_points(
                                    attr,
                                    q.arg(),
                                    q.mask(),
                                    0,
                                    MemorySegment.NULL,
                                    q.dataType().value()),
                            "dnnl_primitive_attr_set_zero_points");
                }
            }
            if (postOps.size() > 0) {
                setPostOps(attr);
            }
        }

        private void setPostOps(MemorySegment attr) {
            MemorySegment ops =
                    Native.create("dnnl_post_ops_create", (out, arena) -> Dnnl.dnnl_post_ops_create(out), null);
            try {
                for (PostOps.PostOp op : postOps.ops()) {
                    switch (op) {
                        case PostOps.PostOp.Sum sum ->
                            check(
                                    Dnnl.dnnl_post_ops_append_sum(
                                            ops,
                                            sum.scale(),
                                            sum.zeroPoint(),
                                            sum.dataType().value()),
                                    "dnnl_post_ops_append_sum");
                        case PostOps.PostOp.Eltwise eltwise ->
                            check(
                                    Dnnl.dnnl_post_ops_append_eltwise(
                                            ops, eltwise.algorithm().value(), eltwise.alpha(), eltwise.beta()),
                                    "dnnl_post_ops_append_eltwise");
                        case PostOps.PostOp.Binary binary ->
                            check(
                                    Dnnl.dnnl_post_ops_append_binary(
                                            ops,
                                            binary.algorithm().value(),
                                            binary.src1().pointer()),
                                    "dnnl_post_ops_append_binary");
                    }
                }
                check(Dnnl.dnnl_primitive_attr_set_post_ops(attr, ops), "dnnl_primitive_attr_set_post_ops");
            } finally {
                Status.check(Dnnl.dnnl_post_ops_destroy(ops), "dnnl_post_ops_destroy", null);
            }
        }

        private void check(int status, String call) {
            Status.check(status, call, this::toString);
        }

        /** {@return the settings that differ from the defaults} */
        @Override
        public String toString() {
            List<String> words = new ArrayList<>();
            if (scratchpad != ScratchpadMode.USER) {
                words.add("scratchpad:" + scratchpad);
            }
            if (postOps.size() > 0) {
                words.add("post-ops:" + postOps);
            }
            if (fpmath != FpmathMode.STRICT) {
                words.add("fpmath:" + fpmath + (fpmathForIntegers ? ":true" : ""));
            }
            if (accumulation != AccumulationMode.STRICT) {
                words.add("accumulation:" + accumulation);
            }
            if (deterministic) {
                words.add("deterministic");
            }
            for (Quantization q : quantizations) {
                words.add(Arg.name(q.executionArg()) + ":" + q.mask() + ":" + q.dataType());
            }
            return String.join(" ", words);
        }
    }
}
