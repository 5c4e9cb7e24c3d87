package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_binary;
import static dev.gatun.onednn.gen.Dnnl.dnnl_concat;
import static dev.gatun.onednn.gen.Dnnl.dnnl_convolution;
import static dev.gatun.onednn.gen.Dnnl.dnnl_eltwise;
import static dev.gatun.onednn.gen.Dnnl.dnnl_inner_product;
import static dev.gatun.onednn.gen.Dnnl.dnnl_matmul;
import static dev.gatun.onednn.gen.Dnnl.dnnl_pooling;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reduction;
import static dev.gatun.onednn.gen.Dnnl.dnnl_reorder;
import static dev.gatun.onednn.gen.Dnnl.dnnl_resampling;
import static dev.gatun.onednn.gen.Dnnl.dnnl_softmax;
import static dev.gatun.onednn.gen.Dnnl.dnnl_sum;

/** Kind of primitive ({@code dnnl_primitive_kind_t}). */
public enum PrimitiveKind {
    /** Change of layout or data type. */
    REORDER(dnnl_reorder()),
    /** Concatenation. */
    CONCAT(dnnl_concat()),
    /** Scaled sum of tensors. */
    SUM(dnnl_sum()),
    /** Convolution. */
    CONVOLUTION(dnnl_convolution()),
    /** Element by element. */
    ELTWISE(dnnl_eltwise()),
    /** Inner product (fully connected). */
    INNER_PRODUCT(dnnl_inner_product()),
    /** Two tensors, element by element, with broadcast. */
    BINARY(dnnl_binary()),
    /** Matrix product. */
    MATMUL(dnnl_matmul()),
    /** Resampling. */
    RESAMPLING(dnnl_resampling()),
    /** Pooling. */
    POOLING(dnnl_pooling()),
    /** Reduction. */
    REDUCTION(dnnl_reduction()),
    /** Softmax. */
    SOFTMAX(dnnl_softmax());

    private final int value;

    PrimitiveKind(int value) {
        this.value = value;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }
}
