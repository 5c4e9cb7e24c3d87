package dev.gatun.natives;

import dev.gatun.natives.MachineCode.Listing;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Convolutions on AMX tiles with all that follows them, copies of pixels between their layouts, pooling and the inner product behind it:
 * ours, {@code src/main/asm/convolution.s}; x86-64 Linux only. What they work on is told by {@link TileArguments}. Thread-safe.
 *
 * <p>Activations are u8 or bf16 with 64 bytes of channels, or a multiple, next to each other in a pixel; weights s8 or bf16; sums s32 or
 * f32. The name of a convolution tells of dst and of the residual that is added.
 */
public enum TileConvolution implements Routine {
    /** u8 to u8. */
    U8_NONE(CpuFeature.AMX_INT8),
    /** u8 to u8, adds u8. */
    U8_U8(CpuFeature.AMX_INT8),
    /** u8 to u8, adds s8. */
    U8_S8(CpuFeature.AMX_INT8),
    /** u8 to s8. */
    S8_NONE(CpuFeature.AMX_INT8),
    /** u8 to s8, adds u8. */
    S8_U8(CpuFeature.AMX_INT8),
    /** u8 to s8, adds s8. */
    S8_S8(CpuFeature.AMX_INT8),
    /** u8 to bf16. */
    TO_BF16_NONE(CpuFeature.AMX_INT8),
    /** u8 to bf16, adds u8. */
    TO_BF16_U8(CpuFeature.AMX_INT8),
    /** u8 to bf16, adds s8. */
    TO_BF16_S8(CpuFeature.AMX_INT8),
    /** bf16 to bf16. */
    BF16_NONE(CpuFeature.AMX_BF16),
    /** bf16 to bf16, adds bf16. */
    BF16_BF16(CpuFeature.AMX_BF16),
    /** Copies pixels. */
    MOVE(CpuFeature.AVX512),
    /** The greatest of some pixels, u8. */
    GREATEST_U8(CpuFeature.AVX512),
    /** The greatest of some pixels, bf16 of 0 or more. */
    GREATEST_BF16(CpuFeature.AVX512),
    /** The mean of some pixels, bf16. */
    MEAN_BF16(CpuFeature.AVX512),
    /** The mean of some pixels, bf16 to u8. */
    MEAN_U8(CpuFeature.AVX512),
    /** A product with a matrix, bf16 to f32. */
    PRODUCT_BF16(CpuFeature.AVX512_BF16),
    /** A product with a matrix, u8 to f32. */
    PRODUCT_U8(CpuFeature.AVX512_VNNI);

    private final CpuFeature needed;

    TileConvolution(CpuFeature needed) {
        this.needed = needed;
    }

    /** Mapped when the first of them is needed. */
    private static final class Code {
        static final Map<TileConvolution, MemorySegment> ADDRESSES = new EnumMap<>(TileConvolution.class);

        static {
            MachineCode code = MachineCode.map(Listing.CONVOLUTION);
            for (TileConvolution function : values()) {
                ADDRESSES.put(function, code.address(function.name().toLowerCase(Locale.ROOT)));
            }
        }
    }

    /**
     * Why it cannot run in this process, in words; empty if it can. AMX needs a permission that oneDNN asks the kernel for, and a hypervisor that
     * advertises AMX can fault on it: ask the bindings' {@code AmxGuard} first.
     */
    public Optional<String> obstacle() {
        return needed.obstacle().or(CpuFeature.AVX512_BF16::obstacle);
    }

    @Override
    public MemorySegment address() {
        MemorySegment address = Code.ADDRESSES.get(this);
        if (address == null) {
            throw new AssertionError("no code for " + this);
        }
        return address;
    }
}
