package dev.gatun.natives;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Whether cores are shared: whether the other hyperthread of a core runs as well, for another machine maybe, which a guest of a hypervisor
 * cannot see. Then, it seems, a core has hardly a register to spare for tiles: whatever fills one waits until what did before is through; so
 * loads have to find their lines in L1. On a core alone they overlap, and asking for the lines first costs more than it gains (ResNet-50
 * in bf16, measured 2026-11-29: a sixth less time with it on a shared core, 7 % more alone). Convolutions on tiles ask their core now and
 * then how long two steps take, note the answer here, and do either. What they compute is the same, so threads need not agree about what they
 * write here.
 *
 * @param found of 64 cores, or rather threads by their stacks: when one was asked, in ticks of the processor's clock, 1 if it was shared,
 *     else 0, how often one was asked and how often found shared; a cache line each
 * @param believed ticks for which an answer holds, a number without a sign
 */
record SharedCores(MemorySegment found, long believed) {
    /** System property: {@code ask} (the default), or what is believed of all cores, {@code alone} or {@code shared}. */
    static final String PROPERTY = "gatun.core";

    private static final long CORES = 64;
    private static final long CORE_BYTES = 64;

    /** Some 60 us: a host's scheduler takes milliseconds, an answer 0.3 us. */
    private static final long SOON = 1 << 17;

    /** Of {@link #believed}: nobody asks. */
    static final long ALWAYS = -1;

    private static final SharedCores ASKED = of(0, SOON);

    /** Mapped when somebody wants them. */
    private static final class Told {
        static final SharedCores ALONE = of(0, ALWAYS);
        static final SharedCores SHARED = of(1, ALWAYS);
    }

    /** Of the process, for good. */
    private static SharedCores of(long shared, long believed) {
        MemorySegment found = Arena.global().allocate(CORES * CORE_BYTES, CORE_BYTES);
        for (long core = 0; core < CORES; core++) {
            found.set(ValueLayout.JAVA_LONG, core * CORE_BYTES + Long.BYTES, shared);
        }
        return new SharedCores(found, believed);
    }

    /** All that cores have answered in this process. */
    static CoreAnswers answers() {
        long asked = 0;
        long shared = 0;
        for (long core = 0; core < CORES; core++) {
            asked += ASKED.found.get(ValueLayout.JAVA_LONG, core * CORE_BYTES + 2 * Long.BYTES);
            shared += ASKED.found.get(ValueLayout.JAVA_LONG, core * CORE_BYTES + 3 * Long.BYTES);
        }
        return new CoreAnswers(asked, shared);
    }

    /**
     * As the system property says.
     *
     * @throws IllegalArgumentException if it says something else
     */
    static SharedCores ofProperty() {
        @Nullable String mode = System.getProperty(PROPERTY);
        return switch (mode) {
            case null -> ASKED;
            case "ask" -> ASKED;
            case "alone" -> Told.ALONE;
            case "shared" -> Told.SHARED;
            default ->
                throw new IllegalArgumentException(PROPERTY + " is '" + mode + "', expected ask, alone or shared");
        };
    }
}
