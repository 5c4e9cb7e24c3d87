package dev.gatun.natives;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whether cores are shared: whether the other hyperthread of a core runs as well, for somebody else maybe, whom a guest of a hypervisor cannot
 * see. Then a core has no tile registers to spare, and whatever fills one waits until the last that did is through. So loads have to find
 * their lines in L1, where on a core alone they overlap with multiplications and asking ahead for lines costs more than it gains (ResNet-50
 * in bf16, measured 2026-11-29: 12 % less time with it on a shared core, 6 % more alone). Convolutions on tiles ask their core now and then
 * how long two steps take and note it here, by their stack; results do not depend on it. Of the process.
 */
final class SharedCores {
    /** Of 64 cores, or rather stacks: when it was asked, in ticks of the processor's clock, and 1 if it was shared, else 0. */
    static final long BYTES = 1024;

    /** Ticks for which an answer holds, some 60 us: the host's scheduler takes milliseconds, an answer 0.3 us. */
    static final long BELIEVED = 1 << 17;

    static final MemorySegment FOUND = Arena.global().allocate(BYTES, Long.BYTES);

    private SharedCores() {}
}
