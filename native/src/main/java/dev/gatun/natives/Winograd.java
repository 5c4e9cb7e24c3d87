package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Convolutions by minimal filtering (S. Winograd; Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks") in f32 with
 * AVX-512, with all that follows them: ours, {@code src/main/asm/winograd.s}; x86-64 Linux only. What they work on, and the type of its
 * values, is told by {@link WinogradArguments}. Thread-safe.
 */
public enum Winograd implements Routine {
    /** 4x4 results at once of a 3x3 kernel with stride 1. */
    F4X4_3X3(CpuFeature.AVX512),
    /** The same of values in bf16, which are rounded once, when all is added up. */
    F4X4_3X3_BF16(CpuFeature.AVX512_BF16);

    /** Mapped when it is first needed. */
    private static final class Code {
        static final MemorySegment ADDRESS = MachineCode.map(Listing.WINOGRAD).address("winograd");
    }

    private final CpuFeature needed;

    Winograd(CpuFeature needed) {
        this.needed = needed;
    }

    /** Why it cannot run in this process, in words; empty if it can. */
    public Optional<String> obstacle() {
        return needed.obstacle();
    }

    @Override
    public MemorySegment address() {
        return Code.ADDRESS;
    }
}
