package dev.gatun.plan;

import dev.gatun.onednn.DataType;
import dev.gatun.spec.Precision;
import org.jspecify.annotations.Nullable;

/**
 * A way of computing in floating point.
 *
 * @param type that oneDNN is given
 * @param rounding of weights and after every layer, where a precision is emulated
 */
record Arithmetic(DataType type, @Nullable Rounding rounding) {
    /**
     * How {@code request} is computed, but for its layers in int8.
     *
     * @throws UnsupportedPrecisionException if the CPU is not fast in the precision and it is not to be emulated
     */
    static Arithmetic of(PlanRequest request) {
        Precision precision = request.precision();
        PrecisionSupport support = PrecisionSupport.of(precision);
        if (support.level() != PrecisionSupport.Level.FAST && !request.emulate()) {
            throw new UnsupportedPrecisionException(precision, support);
        }
        boolean absent = support.level() == PrecisionSupport.Level.ABSENT;
        return switch (precision) {
            case F32 -> new Arithmetic(DataType.F32, null);
            case BF16 -> absent ? new Arithmetic(DataType.F32, Rounding.BF16) : new Arithmetic(DataType.BF16, null);
            case F16 -> absent ? new Arithmetic(DataType.F32, Rounding.F16) : new Arithmetic(DataType.F16, null);
            case INT8 -> {
                boolean bf16 = PrecisionSupport.of(Precision.BF16).level() == PrecisionSupport.Level.FAST;
                yield new Arithmetic(bf16 ? DataType.BF16 : DataType.F32, null);
            }
        };
    }
}
