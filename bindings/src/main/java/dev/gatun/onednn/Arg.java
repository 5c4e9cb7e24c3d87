package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;

/** Indices of execution arguments ({@code DNNL_ARG_*}). */
public final class Arg {
    /** Source; also the first of several. */
    public static final int SRC = Dnnl.DNNL_ARG_SRC();
    /** First source of a binary primitive. */
    public static final int SRC_0 = Dnnl.DNNL_ARG_SRC_0();
    /** Second source of a binary primitive or post-op. */
    public static final int SRC_1 = Dnnl.DNNL_ARG_SRC_1();
    /** Third source. */
    public static final int SRC_2 = Dnnl.DNNL_ARG_SRC_2();
    /** Source of a reorder. */
    public static final int FROM = Dnnl.DNNL_ARG_FROM();
    /** Destination. */
    public static final int DST = Dnnl.DNNL_ARG_DST();
    /** Destination of a reorder. */
    public static final int TO = Dnnl.DNNL_ARG_TO();
    /** Weights. */
    public static final int WEIGHTS = Dnnl.DNNL_ARG_WEIGHTS();
    /** Bias. */
    public static final int BIAS = Dnnl.DNNL_ARG_BIAS();
    /** What a forward training primitive keeps for the backward one. */
    public static final int WORKSPACE = Dnnl.DNNL_ARG_WORKSPACE();
    /** Scratchpad, required whenever {@link PrimitiveDesc#scratchpad()} is not empty. */
    public static final int SCRATCHPAD = Dnnl.DNNL_ARG_SCRATCHPAD();
    /** First of the sources of sum and concat; the i-th is {@code MULTIPLE_SRC + i}. */
    public static final int MULTIPLE_SRC = Dnnl.DNNL_ARG_MULTIPLE_SRC();
    /** First of several destinations. */
    public static final int MULTIPLE_DST = Dnnl.DNNL_ARG_MULTIPLE_DST();

    static final int ATTR_SCALES = Dnnl.DNNL_ARG_ATTR_SCALES();
    static final int ATTR_ZERO_POINTS = Dnnl.DNNL_ARG_ATTR_ZERO_POINTS();
    static final int POST_OP_BASE = Dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE();

    private Arg() {}

    /**
     * The scales of an argument.
     *
     * @param arg the argument that is scaled, such as {@link #WEIGHTS}
     * @return the argument index under which its scales are passed
     */
    public static int attrScales(int arg) {
        return ATTR_SCALES | arg;
    }

    /**
     * The zero points of an argument.
     *
     * @param arg the argument
     * @return the argument index under which its zero points are passed
     */
    public static int attrZeroPoints(int arg) {
        return ATTR_ZERO_POINTS | arg;
    }

    /**
     * An argument of a post-op.
     *
     * @param index position of the post-op, from 0
     * @param arg its argument, {@link #SRC_1} for a binary one
     * @return the argument index under which it is passed
     */
    public static int attrPostOp(int index, int arg) {
        return POST_OP_BASE * (index + 1) | arg;
    }

    /** Whether the primitive writes the argument. */
    static boolean isOutput(int arg) {
        return arg == DST || arg == WORKSPACE || arg == SCRATCHPAD || (arg >= MULTIPLE_DST && arg < ATTR_SCALES);
    }

    static String name(int arg) {
        if (arg >= POST_OP_BASE) {
            return "post-op " + (arg / POST_OP_BASE - 1) + " " + name(arg % POST_OP_BASE);
        }
        if ((arg & ATTR_ZERO_POINTS) != 0) {
            return "zero points of " + name(arg & ~ATTR_ZERO_POINTS);
        }
        if ((arg & ATTR_SCALES) != 0) {
            return "scales of " + name(arg & ~ATTR_SCALES);
        }
        if (arg >= MULTIPLE_SRC && arg < MULTIPLE_DST) {
            return "MULTIPLE_SRC+" + (arg - MULTIPLE_SRC);
        }
        return switch (arg) {
            case 1 -> "SRC";
            case 2 -> "SRC_1";
            case 3 -> "SRC_2";
            case 17 -> "DST";
            case 33 -> "WEIGHTS";
            case 41 -> "BIAS";
            case 64 -> "WORKSPACE";
            case 80 -> "SCRATCHPAD";
            default -> "argument " + arg;
        };
    }
}
