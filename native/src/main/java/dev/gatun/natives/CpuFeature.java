package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Features that the CPU has by {@code cpuid}, whose registers the system saves by {@code xcr0}, and, for AMX, that the kernel has permitted to
 * this process. {@code /proc/cpuinfo} lists only what that kernel has a name for. Bits: Intel SDM, volume 2, CPUID and XGETBV; for
 * the permission Linux's Documentation/arch/x86/xstate.rst.
 */
enum CpuFeature {
    AVX2(Bits.FMA, 1 << 5, 0, 0, 0, Bits.YMM, 0),
    AVX_VNNI(Bits.FMA, 1 << 5, 0, 0, 1 << 4, Bits.YMM, 0),
    /** F, DQ, BW and VL. */
    AVX512(Bits.FMA, Bits.AVX512, 0, 0, 0, Bits.ZMM, 0),
    AVX512_VNNI(Bits.FMA, Bits.AVX512, 1 << 11, 0, 0, Bits.ZMM, 0),
    AVX512_BF16(Bits.FMA, Bits.AVX512, 0, 0, 1 << 5, Bits.ZMM, 0),
    AMX_INT8(Bits.FMA, 0, 0, Bits.TILE | 1 << 25, 0, Bits.TILES, Bits.TILE_DATA),
    AMX_BF16(Bits.FMA, 0, 0, Bits.TILE | 1 << 22, 0, Bits.TILES, Bits.TILE_DATA),
    AMX_FP16(Bits.FMA, 0, 0, Bits.TILE, 1 << 21, Bits.TILES, Bits.TILE_DATA);

    private static final class Bits {
        static final int FMA = 1 << 12 | 1 << 27; // and OSXSAVE
        static final int AVX512 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31;
        static final int TILE = 1 << 24;
        static final int YMM = 0b110;
        static final int ZMM = 0b1110_0110;
        static final int TILE_DATA = 1 << 18;
        static final int TILES = YMM | 1 << 17 | TILE_DATA;
    }

    /** Words that the function {@code features} writes; it has room for one more. */
    static final int WORDS = 7;

    @SuppressWarnings("ImmutableEnumChecker") // never written to
    private final int[] needed;

    CpuFeature(int leaf1c, int leaf7b, int leaf7c, int leaf7d, int leaf71a, int xcr0, int permitted) {
        this.needed = new int[] {leaf1c, leaf7b, leaf7c, leaf7d, leaf71a, xcr0, permitted};
    }

    /** Whether {@code words} have all bits of this feature. */
    boolean in(int[] words) {
        for (int i = 0; i < WORDS; i++) {
            if ((words[i] & needed[i]) != needed[i]) {
                return false;
            }
        }
        return true;
    }

    /** Features found: asked once, since a hypervisor makes {@code cpuid} slow. What is missing may yet be permitted. */
    private static final Set<CpuFeature> FOUND = ConcurrentHashMap.newKeySet();

    /** Why this process does not have it, in words; empty if it has. */
    Optional<String> obstacle() {
        try {
            if (!FOUND.contains(this) && in(read(MachineCode.map(Listing.LOOPS)))) {
                FOUND.add(this);
            }
            return FOUND.contains(this) ? Optional.empty() : Optional.of("this process has no " + this);
        } catch (UnsupportedOperationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What the CPU and the kernel say now; a permission may be granted later. */
    private static int[] read(MachineCode code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(ValueLayout.JAVA_INT, WORDS + 1);
            code.call("features", words, 0, 0);
            return words.toArray(ValueLayout.JAVA_INT);
        }
    }
}
