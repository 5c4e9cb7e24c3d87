package dev.gatun.plan;

import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;

/**
 * How well the CPU, limited to the ISA that oneDNN dispatches to, computes in a precision.
 *
 * @param level fast, slow or absent
 * @param reason why it is not fast, in words; null where it is
 */
public record PrecisionSupport(Level level, @Nullable String reason) {
    /** Levels of support. */
    public enum Level {
        /** Instructions for the type. */
        FAST,
        /** oneDNN converts to and from f32 around each kernel. */
        SLOW,
        /** oneDNN has nothing; the engine can compute in f32 and round after each layer. */
        ABSENT
    }

    /** What oneDNN offers for {@code precision} in this process; platform.cpp, {@code has_data_type_support}. */
    public static PrecisionSupport of(Precision precision) {
        return of(precision, OneDnn.effectiveIsa());
    }

    static PrecisionSupport of(Precision precision, CpuIsa isa) {
        return switch (precision) {
            // Without VNNI weights are kept small enough for sums of pairs; see PairLimit.
            case F32, INT8 -> new PrecisionSupport(Level.FAST, null);
            case BF16 ->
                support(
                        isa,
                        isa.includes(CpuIsa.AVX512_CORE_BF16) || isa.includes(CpuIsa.AVX2_VNNI_2),
                        isa.includes(CpuIsa.AVX512_CORE),
                        "bf16 needs AVX512_BF16, AMX or AVX-NE-CONVERT");
            case F16 ->
                support(
                        isa,
                        isa.includes(CpuIsa.AVX10_1_512) || isa.includes(CpuIsa.AVX2_VNNI_2),
                        false,
                        "f16 needs AVX512_FP16, AMX-FP16 or AVX-NE-CONVERT");
        };
    }

    private static PrecisionSupport support(CpuIsa isa, boolean fast, boolean slow, String need) {
        if (fast) {
            return new PrecisionSupport(Level.FAST, null);
        }
        return new PrecisionSupport(slow ? Level.SLOW : Level.ABSENT, need + ", and this process has " + isa);
    }
}
