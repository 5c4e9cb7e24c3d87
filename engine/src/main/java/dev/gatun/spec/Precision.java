package dev.gatun.spec;

import java.util.Locale;

/** The type that activations and weights have while the network runs; biases and logits are f32 always. */
public enum Precision {
    /** IEEE single precision. */
    F32(4),
    /** bfloat16, accumulated in f32. */
    BF16(2),
    /** IEEE half precision, accumulated in f32. */
    F16(2),
    /** 8-bit integers, accumulated in s32, for models that have been quantised; what loses too much stays in bf16 or f32. */
    INT8(1);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one value in bytes. */
    public int bytes() {
        return bytes;
    }

    /** The precision that users write as {@code f32}, {@code bf16}, {@code f16} or {@code int8}. */
    public static Precision named(String name) {
        for (Precision precision : values()) {
            if (precision.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return precision;
            }
        }
        throw new IllegalArgumentException("unknown precision '" + name + "', expected f32, bf16, f16 or int8");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
