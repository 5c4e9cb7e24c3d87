package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_bf16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_data_type_undef;
import static dev.gatun.onednn.gen.Dnnl.dnnl_f16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_f32;
import static dev.gatun.onednn.gen.Dnnl.dnnl_f64;
import static dev.gatun.onednn.gen.Dnnl.dnnl_f8_e4m3;
import static dev.gatun.onednn.gen.Dnnl.dnnl_f8_e5m2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_s32;
import static dev.gatun.onednn.gen.Dnnl.dnnl_s8;
import static dev.gatun.onednn.gen.Dnnl.dnnl_u8;

/** Type of a tensor's elements ({@code dnnl_data_type_t}). */
public enum DataType {
    /** No type, or one this version has no name for. */
    UNDEF(dnnl_data_type_undef(), 0),
    /** IEEE binary32. */
    F32(dnnl_f32(), 4),
    /** bfloat16. */
    BF16(dnnl_bf16(), 2),
    /** IEEE binary16. */
    F16(dnnl_f16(), 2),
    /** Signed 32-bit integer. */
    S32(dnnl_s32(), 4),
    /** Signed 8-bit integer. */
    S8(dnnl_s8(), 1),
    /** Unsigned 8-bit integer. */
    U8(dnnl_u8(), 1),
    /** IEEE binary64. */
    F64(dnnl_f64(), 8),
    /** 8-bit float, 5 exponent bits. */
    F8_E5M2(dnnl_f8_e5m2(), 1),
    /** 8-bit float, 4 exponent bits. */
    F8_E4M3(dnnl_f8_e4m3(), 1);

    private static final DataType[] VALUES = values();

    private final int value;
    private final int size;

    DataType(int value, int size) {
        this.value = value;
        this.size = size;
    }

    static DataType of(int value) {
        for (DataType type : VALUES) {
            if (type.value == value) {
                return type;
            }
        }
        return UNDEF;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }

    /** {@return the size of an element in bytes, 0 for {@link #UNDEF}} */
    public int size() {
        return size;
    }

    /** {@return whether this is a floating-point type} */
    public boolean isFloat() {
        return name().startsWith("F") || this == BF16;
    }

    /** {@return the name as oneDNN writes it, such as {@code f32}} */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
