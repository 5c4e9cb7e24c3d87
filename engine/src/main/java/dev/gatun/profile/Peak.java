package dev.gatun.profile;

import dev.gatun.natives.MultiplyLoop;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How many multiply-accumulates of a type a core can do, with the instructions that oneDNN dispatches to in this process. Measured
 * by the inner loop of a matrix product on data in L1, which keeps the multipliers busy; a product of large matrices does not.
 *
 * @param how the loop, such as {@code int8_amx}; or, where there is no measure, why, in words
 * @param gmacs of one core, in 10^9 multiply-accumulates a second; empty if unknown
 */
public record Peak(String how, OptionalDouble gmacs) {
    /** Of a type that nothing multiplies in. */
    static final Peak NONE = new Peak("nothing is multiplied", OptionalDouble.empty());

    private record Choice(CpuIsa isa, MultiplyLoop loop) {}

    /** The loop for each type: that of the first ISA that oneDNN may use. Types without instructions are computed in f32. */
    private static final List<Choice> F32 = List.of(
            new Choice(CpuIsa.AVX512_CORE, MultiplyLoop.F32_AVX512), new Choice(CpuIsa.AVX2, MultiplyLoop.F32_AVX2));

    private static final List<Choice> BF16 = List.of(
            new Choice(CpuIsa.AVX10_1_512_AMX, MultiplyLoop.BF16_AMX),
            new Choice(CpuIsa.AVX512_CORE_BF16, MultiplyLoop.BF16_AVX512),
            new Choice(CpuIsa.AVX512_CORE, MultiplyLoop.F32_AVX512),
            new Choice(CpuIsa.AVX2, MultiplyLoop.F32_AVX2));
    private static final List<Choice> F16 = List.of(
            new Choice(CpuIsa.AVX10_1_512_AMX_FP16, MultiplyLoop.F16_AMX),
            new Choice(CpuIsa.AVX512_CORE, MultiplyLoop.F32_AVX512),
            new Choice(CpuIsa.AVX2, MultiplyLoop.F32_AVX2));
    private static final List<Choice> INT8 = List.of(
            new Choice(CpuIsa.AVX10_1_512_AMX, MultiplyLoop.INT8_AMX),
            new Choice(CpuIsa.AVX512_CORE_VNNI, MultiplyLoop.INT8_AVX512_VNNI),
            new Choice(CpuIsa.AVX512_CORE, MultiplyLoop.INT8_AVX512),
            new Choice(CpuIsa.AVX2_VNNI, MultiplyLoop.INT8_AVX_VNNI),
            new Choice(CpuIsa.AVX2, MultiplyLoop.INT8_AVX2));

    private static final Map<MultiplyLoop, Peak> MEASURED = new EnumMap<>(MultiplyLoop.class);

    /** The peak of a precision; see {@link #of(DataType)}. */
    public static Peak of(Precision precision) {
        return of(
                switch (precision) {
                    case F32 -> DataType.F32;
                    case BF16 -> DataType.BF16;
                    case F16 -> DataType.F16;
                    case INT8 -> DataType.S8;
                });
    }

    /**
     * The peak of a type. The first call for it in this process measures for about a tenth of a second on the calling thread, which
     * should have a core to itself.
     *
     * @param type {@code F32}, {@code BF16}, {@code F16}, {@code S8} or {@code U8}
     */
    public static Peak of(DataType type) {
        List<Choice> choices = choices(type);
        // oneDNN asks the kernel for AMX when it looks which ISA it has.
        CpuIsa isa = OneDnn.effectiveIsa();
        return loop(choices, isa)
                .map(Peak::measured)
                .orElseGet(() -> new Peak("there is no loop for " + isa, OptionalDouble.empty()));
    }

    private static List<Choice> choices(DataType type) {
        return switch (type) {
            case F32 -> F32;
            case BF16 -> BF16;
            case F16 -> F16;
            case S8, U8 -> INT8;
            default -> throw new IllegalArgumentException("no layer computes in " + type);
        };
    }

    /** The loop that stands for {@code type} where oneDNN is limited to {@code isa}. */
    static Optional<MultiplyLoop> loop(DataType type, CpuIsa isa) {
        return loop(choices(type), isa);
    }

    private static Optional<MultiplyLoop> loop(List<Choice> choices, CpuIsa isa) {
        return choices.stream()
                .filter(choice -> isa.includes(choice.isa()))
                .map(Choice::loop)
                .findFirst();
    }

    private static Peak measured(MultiplyLoop loop) {
        Optional<String> obstacle = loop.obstacle();
        if (obstacle.isPresent()) {
            return new Peak(obstacle.get(), OptionalDouble.empty());
        }
        synchronized (MEASURED) {
            return MEASURED.computeIfAbsent(loop, Peak::measure);
        }
    }

    /**
     * Measures the peak of a precision again, for another tenth of a second, and keeps the best of all measurements: what the core can do
     * when nothing else has it.
     */
    public static Peak again(Precision precision) {
        Peak first = of(precision);
        synchronized (MEASURED) {
            MEASURED.replaceAll((loop, best) -> {
                Peak now = best.how().equals(first.how()) ? measure(loop) : best;
                return now.gmacs().orElse(0) > best.gmacs().orElse(0) ? now : best;
            });
        }
        return of(precision);
    }

    private static Peak measure(MultiplyLoop loop) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = loop.allocate(arena);
            double gmacs = Rate.of(iterations -> loop.run(data, iterations), (double) loop.multiplyAccumulates());
            return new Peak(loop.name().toLowerCase(Locale.ROOT), OptionalDouble.of(gmacs));
        }
    }

    /** The peak of {@code threads} cores, in 10^9 multiply-accumulates a second; empty if unknown. */
    public OptionalDouble gmacs(int threads) {
        return gmacs.isPresent() ? OptionalDouble.of(threads * gmacs.getAsDouble()) : gmacs;
    }
}
