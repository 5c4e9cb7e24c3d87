package dev.gatun.plan;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rounds f32 to nearest even values of a narrower type. */
enum Rounding {
    /** 8 bits of significand. */
    BF16 {
        @Override
        float round(float value) {
            return Float.intBitsToFloat(bf16Bits(value) << 16);
        }
    },
    /** IEEE binary16. */
    F16 {
        @Override
        float round(float value) {
            return Float.float16ToFloat(Float.floatToFloat16(value));
        }
    };

    abstract float round(float value);

    /** The 16 bits of the nearest bfloat16; NaN stays NaN. */
    static short bf16Bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** Rounds {@code count} values from the start of {@code data} in place. */
    void round(MemorySegment data, long count) {
        for (long i = 0; i < count; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, round(data.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
        }
    }

    float[] rounded(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = round(values[i]);
        }
        return result;
    }
}
