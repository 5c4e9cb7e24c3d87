package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;

/**
 * Inner loops of a matrix product, to measure how many multiply-accumulates a core can do: operands in L1, accumulators in
 * registers, nothing else. Ours, {@code src/main/asm/loops.s}; x86-64 Linux only. Thread-safe.
 */
public enum MultiplyLoop {
    /** f32 by FMA on zmm registers. */
    F32_AVX512(CpuFeature.AVX512, 24 * 16, Ones.F32),
    /** f32 by FMA on ymm registers. */
    F32_AVX2(CpuFeature.AVX2, 12 * 8, Ones.F32),
    /** bf16 by {@code vdpbf16ps}. */
    BF16_AVX512(CpuFeature.AVX512_BF16, 24 * 32, Ones.BF16),
    /** bf16 by {@code tdpbf16ps} on four accumulator tiles. */
    BF16_AMX(CpuFeature.AMX_BF16, 4 * 16 * 16 * 2, Ones.BF16),
    /** f16 by {@code tdpfp16ps} on four accumulator tiles. */
    F16_AMX(CpuFeature.AMX_FP16, 4 * 16 * 16 * 2, Ones.F16),
    /** u8 x s8 by {@code tdpbusd} on four accumulator tiles. */
    INT8_AMX(CpuFeature.AMX_INT8, 4 * 16 * 16 * 4, Ones.INT8),
    /** u8 x s8 by {@code vpdpbusd} on zmm registers. */
    INT8_AVX512_VNNI(CpuFeature.AVX512_VNNI, 24 * 64, Ones.INT8),
    /** u8 x s8 by {@code vpmaddubsw} and two more on zmm registers. */
    INT8_AVX512(CpuFeature.AVX512, 8 * 64, Ones.INT8),
    /** u8 x s8 by {@code vpdpbusd} on ymm registers. */
    INT8_AVX_VNNI(CpuFeature.AVX_VNNI, 12 * 32, Ones.INT8),
    /** u8 x s8 by {@code vpmaddubsw} and two more on ymm registers. */
    INT8_AVX2(CpuFeature.AVX2, 8 * 32, Ones.INT8);

    /** One in each type, repeated to 32 bits. */
    private static final class Ones {
        static final int F32 = 0x3f800000;
        static final int BF16 = 0x3f803f80;
        static final int F16 = 0x3c003c00;
        static final int INT8 = 0x01010101;
    }

    /** Steps of an iteration: 64 vectors, or 4 tiles of 16 times 4 bytes. */
    private static final int STEPS = 64;

    static final long PANEL_BYTES = 24 << 10;
    static final long DATA_BYTES = 32 << 10;

    private final CpuFeature needed;
    private final int macsPerStep;
    private final int one;

    MultiplyLoop(CpuFeature needed, int macsPerStep, int one) {
        this.needed = needed;
        this.macsPerStep = macsPerStep;
        this.one = one;
    }

    /** Multiply-accumulates of an iteration. */
    public long multiplyAccumulates() {
        return (long) macsPerStep * STEPS;
    }

    /** Why it cannot run in this process, in words; empty if it can. AMX needs a permission that oneDNN asks the kernel for. */
    public Optional<String> obstacle() {
        return needed.obstacle();
    }

    /** Operands, all ones, and room for accumulators, which lives as long as {@code arena}. For one thread at a time. */
    public MemorySegment allocate(Arena arena) {
        MemorySegment data = arena.allocate(DATA_BYTES, 4096);
        for (long at = 0; at < PANEL_BYTES; at += Integer.BYTES) {
            data.set(ValueLayout.JAVA_INT, at, one);
        }
        return data;
    }

    /**
     * Runs the loop. A hypervisor that advertises AMX and faults on it ends the process here: ask the bindings' {@code AmxGuard} first.
     *
     * @param data from {@link #allocate}
     * @param iterations at least 1
     * @throws UnsupportedOperationException where {@link #obstacle()} is not empty
     */
    public void run(MemorySegment data, long iterations) {
        if (!data.isNative() || data.byteSize() != DATA_BYTES || data.address() % 64 != 0 || data.isReadOnly()) {
            throw new IllegalArgumentException("data is not from allocate: " + data);
        }
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
        }
        obstacle().ifPresent(reason -> {
            throw new UnsupportedOperationException(this + " cannot run: " + reason);
        });
        MachineCode.map(Listing.LOOPS).call(function(), data, iterations, 0);
    }

    /** Its name in the listing. */
    String function() {
        return name().toLowerCase(Locale.ROOT);
    }
}
