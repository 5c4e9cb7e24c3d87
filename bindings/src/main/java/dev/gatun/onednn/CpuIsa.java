package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx10_1_512;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx10_1_512_amx;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx10_1_512_amx_fp16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx10_2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx10_2_amx_2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx2_vnni;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx2_vnni_2;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx512_core;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_avx512_core_vnni;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_default;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cpu_isa_sse41;

/**
 * Instruction sets of x86-64 as oneDNN groups them ({@code dnnl_cpu_isa_t}). The values are sets of features: an ISA
 * includes another one when it has all of its bits.
 */
public enum CpuIsa {
    /** Whatever the CPU has; the default of the maximum. */
    DEFAULT(dnnl_cpu_isa_default()),
    /** SSE4.1. */
    SSE41(dnnl_cpu_isa_sse41()),
    /** AVX. */
    AVX(dnnl_cpu_isa_avx()),
    /** AVX2. */
    AVX2(dnnl_cpu_isa_avx2()),
    /** AVX2 with VNNI. */
    AVX2_VNNI(dnnl_cpu_isa_avx2_vnni()),
    /** AVX2 with VNNI for int8, bf16 and f16 conversion. */
    AVX2_VNNI_2(dnnl_cpu_isa_avx2_vnni_2()),
    /** AVX-512 F, BW, VL, DQ. */
    AVX512_CORE(dnnl_cpu_isa_avx512_core()),
    /** The one before and VNNI. */
    AVX512_CORE_VNNI(dnnl_cpu_isa_avx512_core_vnni()),
    /** The one before and bf16 dot products. */
    AVX512_CORE_BF16(dnnl_cpu_isa_avx512_core_bf16()),
    /** AVX10.1/512, also AVX-512 with f16. */
    AVX10_1_512(dnnl_cpu_isa_avx10_1_512()),
    /** The one before and AMX for int8 and bf16. */
    AVX10_1_512_AMX(dnnl_cpu_isa_avx10_1_512_amx()),
    /** The one before and AMX for f16. */
    AVX10_1_512_AMX_FP16(dnnl_cpu_isa_avx10_1_512_amx_fp16()),
    /** AVX10.2. */
    AVX10_2(dnnl_cpu_isa_avx10_2()),
    /** AVX10.2 and AMX 2. */
    AVX10_2_AMX_2(dnnl_cpu_isa_avx10_2_amx_2());

    private static final CpuIsa[] VALUES = values();

    private final int value;

    CpuIsa(int value) {
        this.value = value;
    }

    /**
     * The richest ISA that a set of features includes, so that a value newer than this list is still understood.
     *
     * @param value oneDNN's value
     * @return the ISA of that value, or else the last one it includes
     */
    public static CpuIsa of(int value) {
        CpuIsa best = DEFAULT;
        for (CpuIsa isa : VALUES) {
            if ((value & isa.value) == isa.value && Integer.bitCount(isa.value) > Integer.bitCount(best.value)) {
                best = isa;
            }
        }
        return best;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }

    /**
     * Whether code for another ISA runs on this one.
     *
     * @param other an ISA
     * @return whether this ISA has all features of the other
     */
    public boolean includes(CpuIsa other) {
        return (value & other.value) == other.value;
    }
}
