package dev.gatun.weights;

import java.nio.ByteBuffer;

/** The type of a stored tensor's elements, under safetensors' names. Only the floating types that f32 holds exactly can be read. */
public enum ElementType {
    /** IEEE single precision. */
    F32(4, true),
    /** IEEE half precision. */
    F16(2, true),
    /** bfloat16, the upper half of an f32. */
    BF16(2, true),
    /** IEEE double precision; listed only, because f32 does not hold it. */
    F64(8, false),
    /** 8-bit float with 4 exponent bits; listed only. */
    F8_E4M3(1, false),
    /** 8-bit float with 5 exponent bits; listed only. */
    F8_E5M2(1, false),
    /** Complex of two f32; listed only. */
    C64(8, false),
    /** Complex of two f64; listed only. */
    C128(16, false),
    /** Signed 64-bit integer; listed only. */
    I64(8, false),
    /** Unsigned 64-bit integer; listed only. */
    U64(8, false),
    /** Signed 32-bit integer; listed only. */
    I32(4, false),
    /** Unsigned 32-bit integer; listed only. */
    U32(4, false),
    /** Signed 16-bit integer; listed only. */
    I16(2, false),
    /** Unsigned 16-bit integer; listed only. */
    U16(2, false),
    /** Signed 8-bit integer; listed only. */
    I8(1, false),
    /** Unsigned 8-bit integer; listed only. */
    U8(1, false),
    /** One byte, 0 or 1; listed only. */
    BOOL(1, false);

    private final int bytes;
    private final boolean readable;

    ElementType(int bytes, boolean readable) {
        this.bytes = bytes;
        this.readable = readable;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether {@link WeightSource#read} takes this type: F32, F16 and BF16. */
    public boolean readable() {
        return readable;
    }

    /** Widens {@code count} elements of a readable type from the position of {@code src}, which it leaves alone. */
    void widen(ByteBuffer src, float[] dst, int at, int count) {
        int from = src.position();
        switch (this) {
            case F32 -> src.asFloatBuffer().get(dst, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    dst[at + i] = Float.float16ToFloat(src.getShort(from + 2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    dst[at + i] = Float.intBitsToFloat(src.getShort(from + 2 * i) << Short.SIZE);
                }
            }
            default -> throw new AssertionError(this + " is not readable");
        }
    }

    /** Rounds to nearest even into a readable type; a finite value may become infinite in F16. */
    void narrow(float value, ByteBuffer dst) {
        switch (this) {
            case F32 -> dst.putFloat(value);
            case F16 -> dst.putShort(Float.floatToFloat16(value));
            case BF16 -> dst.putShort(toBfloat16(value));
            default -> throw new AssertionError(this + " is not writable");
        }
    }

    private static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Set a bit that survives, or a NaN whose payload is low would become an infinity.
            return (short) ((bits >>> Short.SIZE) | 0x40);
        }
        int roundingBias = 0x7fff + ((bits >>> Short.SIZE) & 1);
        return (short) ((bits + roundingBias) >>> Short.SIZE);
    }
}
