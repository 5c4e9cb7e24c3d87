package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_add;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_div;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_eq;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_ge;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_gt;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_le;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_lt;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_max;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_min;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_mul;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_ne;
import static dev.gatun.onednn.gen.Dnnl.dnnl_binary_sub;
import static dev.gatun.onednn.gen.Dnnl.dnnl_convolution_auto;
import static dev.gatun.onednn.gen.Dnnl.dnnl_convolution_direct;
import static dev.gatun.onednn.gen.Dnnl.dnnl_convolution_winograd;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_abs;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_clip;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_clip_v2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_elu;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_exp;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_gelu_erf;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_gelu_tanh;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_hardsigmoid;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_hardswish;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_linear;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_log;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_logistic;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_mish;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_pow;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_relu;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_round;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_soft_relu;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_sqrt;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_square;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_swish;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise_tanh;
import static dev.gatun.onednn.gen.Dnnl.dnnl_pooling_avg_exclude_padding;
import static dev.gatun.onednn.gen.Dnnl.dnnl_pooling_avg_include_padding;
import static dev.gatun.onednn.gen.Dnnl.dnnl_pooling_max;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_max;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_mean;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_min;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_mul;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_norm_lp_max;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_norm_lp_power_p_max;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_norm_lp_power_p_sum;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_norm_lp_sum;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction_sum;
import static dev.gatun.onednn.gen.Dnnl.dnnl_resampling_linear;
import static dev.gatun.onednn.gen.Dnnl.dnnl_resampling_nearest;
import static dev.gatun.onednn.gen.Dnnl.dnnl_softmax_accurate;
import static dev.gatun.onednn.gen.Dnnl.dnnl_softmax_log;

/** The algorithm of a primitive or post-op ({@code dnnl_alg_kind_t}). */
public enum Algorithm {
    /** Direct convolution. */
    CONVOLUTION_DIRECT(dnnl_convolution_direct()),
    /** Winograd convolution; its result differs from the direct one in the last bits. */
    CONVOLUTION_WINOGRAD(dnnl_convolution_winograd()),
    /** Direct or Winograd convolution, as the library chooses. */
    CONVOLUTION_AUTO(dnnl_convolution_auto()),
    /** Maximum of the window. */
    POOLING_MAX(dnnl_pooling_max()),
    /** Sum of the window over its whole size. */
    POOLING_AVG_INCLUDE_PADDING(dnnl_pooling_avg_include_padding()),
    /** Sum of the window over its size inside the source. */
    POOLING_AVG_EXCLUDE_PADDING(dnnl_pooling_avg_exclude_padding()),
    /** {@code x > 0 ? x : alpha * x}. */
    ELTWISE_RELU(dnnl_eltwise_relu()),
    /** Hyperbolic tangent. */
    ELTWISE_TANH(dnnl_eltwise_tanh()),
    /** {@code x > 0 ? x : alpha * (exp(x) - 1)}. */
    ELTWISE_ELU(dnnl_eltwise_elu()),
    /** {@code x * x}. */
    ELTWISE_SQUARE(dnnl_eltwise_square()),
    /** Absolute value. */
    ELTWISE_ABS(dnnl_eltwise_abs()),
    /** Square root. */
    ELTWISE_SQRT(dnnl_eltwise_sqrt()),
    /** {@code alpha * x + beta}. */
    ELTWISE_LINEAR(dnnl_eltwise_linear()),
    /** {@code log(1 + exp(alpha * x)) / alpha}. */
    ELTWISE_SOFT_RELU(dnnl_eltwise_soft_relu()),
    /** {@code max(0, min(1, alpha * x + beta))}. */
    ELTWISE_HARDSIGMOID(dnnl_eltwise_hardsigmoid()),
    /** {@code 1 / (1 + exp(-x))}. */
    ELTWISE_LOGISTIC(dnnl_eltwise_logistic()),
    /** Exponential. */
    ELTWISE_EXP(dnnl_eltwise_exp()),
    /** GELU by its tanh approximation. */
    ELTWISE_GELU_TANH(dnnl_eltwise_gelu_tanh()),
    /** {@code x * logistic(alpha * x)}. */
    ELTWISE_SWISH(dnnl_eltwise_swish()),
    /** Natural logarithm. */
    ELTWISE_LOG(dnnl_eltwise_log()),
    /** {@code max(alpha, min(beta, x))}. */
    ELTWISE_CLIP(dnnl_eltwise_clip()),
    /** {@code max(alpha, min(beta, x))}; differs from {@link #ELTWISE_CLIP} only backward. */
    ELTWISE_CLIP_V2(dnnl_eltwise_clip_v2()),
    /** {@code alpha * pow(x, beta)}. */
    ELTWISE_POW(dnnl_eltwise_pow()),
    /** GELU by the error function. */
    ELTWISE_GELU_ERF(dnnl_eltwise_gelu_erf()),
    /** Rounds to the nearest integer, ties to even. */
    ELTWISE_ROUND(dnnl_eltwise_round()),
    /** {@code x * tanh(log(1 + exp(x)))}. */
    ELTWISE_MISH(dnnl_eltwise_mish()),
    /** {@code x * max(0, min(1, alpha * x + beta))}. */
    ELTWISE_HARDSWISH(dnnl_eltwise_hardswish()),
    /** {@code a + b}. */
    BINARY_ADD(dnnl_binary_add()),
    /** {@code a * b}. */
    BINARY_MUL(dnnl_binary_mul()),
    /** Maximum. */
    BINARY_MAX(dnnl_binary_max()),
    /** Minimum. */
    BINARY_MIN(dnnl_binary_min()),
    /** {@code a / b}. */
    BINARY_DIV(dnnl_binary_div()),
    /** {@code a - b}. */
    BINARY_SUB(dnnl_binary_sub()),
    /** {@code a >= b}, as 1 or 0. */
    BINARY_GE(dnnl_binary_ge()),
    /** {@code a > b}, as 1 or 0. */
    BINARY_GT(dnnl_binary_gt()),
    /** {@code a <= b}, as 1 or 0. */
    BINARY_LE(dnnl_binary_le()),
    /** {@code a < b}, as 1 or 0. */
    BINARY_LT(dnnl_binary_lt()),
    /** {@code a == b}, as 1 or 0. */
    BINARY_EQ(dnnl_binary_eq()),
    /** {@code a != b}, as 1 or 0. */
    BINARY_NE(dnnl_binary_ne()),
    /** Nearest neighbour. */
    RESAMPLING_NEAREST(dnnl_resampling_nearest()),
    /** Linear, bilinear or trilinear by the number of spatial dimensions. */
    RESAMPLING_LINEAR(dnnl_resampling_linear()),
    /** Maximum. */
    REDUCTION_MAX(dnnl_reduction_max()),
    /** Minimum. */
    REDUCTION_MIN(dnnl_reduction_min()),
    /** Sum. */
    REDUCTION_SUM(dnnl_reduction_sum()),
    /** Product. */
    REDUCTION_MUL(dnnl_reduction_mul()),
    /** Arithmetic mean. */
    REDUCTION_MEAN(dnnl_reduction_mean()),
    /** {@code pow(max(sum |x|^p, eps), 1 / p)}. */
    REDUCTION_NORM_LP_MAX(dnnl_reduction_norm_lp_max()),
    /** {@code pow(sum |x|^p + eps, 1 / p)}. */
    REDUCTION_NORM_LP_SUM(dnnl_reduction_norm_lp_sum()),
    /** {@code max(sum |x|^p, eps)}. */
    REDUCTION_NORM_LP_POWER_P_MAX(dnnl_reduction_norm_lp_power_p_max()),
    /** {@code sum |x|^p + eps}. */
    REDUCTION_NORM_LP_POWER_P_SUM(dnnl_reduction_norm_lp_power_p_sum()),
    /** Softmax, the maximum subtracted before the exponential. */
    SOFTMAX_ACCURATE(dnnl_softmax_accurate()),
    /** Logarithm of softmax. */
    SOFTMAX_LOG(dnnl_softmax_log());

    private final int value;

    Algorithm(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }

    /** {@return whether this belongs to the family, told by its name's first word} */
    boolean isOf(String family) {
        return name().startsWith(family + "_");
    }
}
