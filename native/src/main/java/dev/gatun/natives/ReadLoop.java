package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads memory from beginning to end and adds up what it reads, to measure bandwidth. Ours, {@code src/main/asm/loops.s}; x86-64
 * Linux only. Thread-safe.
 */
public enum ReadLoop {
    /** 64 bytes at a time. */
    READ_AVX512(CpuFeature.AVX512),
    /** 32 bytes at a time. */
    READ_AVX2(CpuFeature.AVX2);

    /** What {@code data} must be a multiple of, in bytes. */
    public static final int BLOCK = 512;

    private final CpuFeature needed;

    ReadLoop(CpuFeature needed) {
        this.needed = needed;
    }

    /** Why it cannot run in this process, in words; empty if it can. */
    public Optional<String> obstacle() {
        return needed.obstacle();
    }

    /**
     * Reads {@code data} several times.
     *
     * @param data native, a multiple of {@link #BLOCK} bytes, aligned to 64
     * @param passes at least 1
     * @return sum of its 64-bit words over all passes
     * @throws UnsupportedOperationException where {@link #obstacle()} is not empty
     */
    public long run(MemorySegment data, long passes) {
        if (!data.isNative() || data.byteSize() == 0 || data.byteSize() % BLOCK != 0 || data.address() % 64 != 0) {
            throw new IllegalArgumentException(
                    "data is not native memory of a multiple of " + BLOCK + " bytes, aligned to 64: " + data);
        }
        if (passes < 1) {
            throw new IllegalArgumentException("passes must be at least 1, not " + passes);
        }
        obstacle().ifPresent(reason -> {
            throw new UnsupportedOperationException(this + " cannot run: " + reason);
        });
        return MachineCode.map(Listing.LOOPS).call(function(), data, passes, data.byteSize());
    }

    /** Its name in the listing. */
    String function() {
        return name().toLowerCase(Locale.ROOT);
    }
}
