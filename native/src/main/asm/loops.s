# Tight loops that measure the machine, x86-64, System V calling convention. ./assemble turns them into
# src/main/resources/dev/gatun/natives/loops.hex, one section a line; LoopsTest checks that both agree.
#
# The multiply-accumulate loops are inner loops of a matrix product: panels in L1, accumulators in registers.
#   long loop(byte[32768] data in rdi, long iterations in rsi)
# data is 64-byte aligned. Its first 24 KiB are both panels; the accumulators, which start at zero, end in the last 8 KiB. With ones
# in the panels their sum is the number of multiply-accumulates, so the loops prove what they count.
        .intel_syntax noprefix
        .altmacro
        .equ    OUT, 24576
        .equ    B, 8192                 # where the vectors of src lie; the weights to broadcast come before
        .equ    K, 64                   # steps of an iteration

# Begins a function in a section of its own.
.macro function name
        .section .\name, "ax", @progbits
.endm

# rows x 2 accumulators from register 0 on; the two vectors of src in b0, b1; in a the broadcast weight.
.macro product reg, bytes, rows, b0, b1, a, broadcast, op:vararg
        .set    i, 0
        .rept   2 * \rows
        clear   \reg, %i
        .set    i, i + 1
        .endr
1:      mov     r8, rdi
        lea     r9, [rdi + B]
        mov     ecx, K
2:      vmovups \reg\b0, [r9]
        vmovups \reg\b1, [r9 + \bytes]
        .set    i, 0
        .rept   \rows
        \broadcast \reg\a, dword ptr [r8 + 4 * i]
        step    \reg, %(2 * i), \b0, \a, \op
        step    \reg, %(2 * i + 1), \b1, \a, \op
        .set    i, i + 1
        .endr
        add     r8, 4 * \rows
        add     r9, 2 * \bytes
        dec     ecx
        jnz     2b
        dec     rsi
        jnz     1b
        .set    i, 0
        .rept   2 * \rows
        store   \reg, \bytes, %i
        .set    i, i + 1
        .endr
        vzeroupper
        ret
.endm
.macro clear reg, i
        .ifc    \reg, zmm
        vpxord  zmm\i, zmm\i, zmm\i
        .else
        vpxor   ymm\i, ymm\i, ymm\i
        .endif
.endm
.macro step reg, acc, b, a, op:vararg
        \op     \reg\acc, \reg\b, \reg\a
.endm
.macro store reg, bytes, i
        vmovups [rdi + OUT + \bytes * \i], \reg\i
.endm

# u8 x s8 without VNNI: pairs to s16, which saturates, then to s32. The last register holds ones of s16.
.macro madd_zmm acc, b, a
        vpmaddubsw zmm30, \b, \a
        vpmaddwd zmm30, zmm30, zmm31
        vpaddd  \acc, \acc, zmm30
.endm
.macro madd_ymm acc, b, a
        vpmaddubsw ymm14, \b, \a
        vpmaddwd ymm14, ymm14, ymm15
        vpaddd  \acc, \acc, ymm14
.endm

        function f32_avx512             # 64 steps x 24 x 16 multiply-accumulates
        product zmm, 64, 12, 24, 25, 26, vbroadcastss, vfmadd231ps

        function bf16_avx512            # 64 x 24 x 32
        product zmm, 64, 12, 24, 25, 26, vpbroadcastd, vdpbf16ps

        function int8_avx512_vnni       # 64 x 24 x 64
        product zmm, 64, 12, 24, 25, 26, vpbroadcastd, vpdpbusd

        function int8_avx512            # 64 x 8 x 64
        vpternlogd zmm31, zmm31, zmm31, 255
        vpsrlw  zmm31, zmm31, 15
        product zmm, 64, 4, 24, 25, 26, vpbroadcastd, madd_zmm

        function f32_avx2               # 64 x 12 x 8
        product ymm, 32, 6, 12, 13, 14, vbroadcastss, vfmadd231ps

        function int8_avx_vnni          # 64 x 12 x 32
        product ymm, 32, 6, 12, 13, 14, vpbroadcastd, {vex} vpdpbusd

        function int8_avx2              # 64 x 8 x 32
        vpcmpeqd ymm15, ymm15, ymm15
        vpsrlw  ymm15, ymm15, 15
        product ymm, 32, 4, 10, 11, 12, vpbroadcastd, madd_ymm

# Two tiles of src by two of weights, all eight tiles full, four steps an iteration: 4 x 4 x 16 x 16 x 64 (int8) or 32 (bf16, f16).
.macro tiles op
        ldtilecfg [rip + 3f]
        mov     eax, 64
        .irpc   t, 0123
        tilezero tmm\t
        .endr
1:      .set    at, 0
        .rept   4
        tileloadd tmm6, [rdi + rax + at + 2048]
        tileloadd tmm7, [rdi + rax + at + 3072]
        tileloadd tmm4, [rdi + rax + at]
        \op     tmm0, tmm4, tmm6
        \op     tmm1, tmm4, tmm7
        tileloadd tmm5, [rdi + rax + at + 1024]
        \op     tmm2, tmm5, tmm6
        \op     tmm3, tmm5, tmm7
        .set    at, at + 4096
        .endr
        dec     rsi
        jnz     1b
        .irpc   t, 0123
        tilestored [rdi + rax + OUT + 1024 * \t], tmm\t
        .endr
        tilerelease
        ret
        .balign 64
3:      .byte   1                       # palette
        .zero   15
        .rept   8
        .word   64                      # bytes of a row
        .endr
        .zero   16
        .rept   8
        .byte   16                      # rows
        .endr
        .zero   8
.endm

        function int8_amx
        tiles   tdpbusd

        function bf16_amx
        tiles   tdpbf16ps

        function f16_amx
        tiles   tdpfp16ps

# long read(data in rdi, long passes in rsi, long bytes in rdx): the sum of the 64-bit words of all passes. bytes is a multiple of
# 512, data 64-byte aligned.
.macro read reg, bytes
        .set    i, 0
        .rept   8
        clear   \reg, %i
        .set    i, i + 1
        .endr
1:      mov     r8, rdi
        lea     r9, [rdi + rdx]
2:      .set    i, 0
        .rept   8
        sum     \reg, \bytes, %i
        .set    i, i + 1
        .endr
        add     r8, 8 * \bytes
        cmp     r8, r9
        jb      2b
        dec     rsi
        jnz     1b
        .irpc   i, 1234567
        vpaddq  \reg\()0, \reg\()0, \reg\i
        .endr
        .if     \bytes == 64
        vextracti64x4 ymm1, zmm0, 1
        vpaddq  ymm0, ymm0, ymm1
        .endif
        vextracti128 xmm1, ymm0, 1
        vpaddq  xmm0, xmm0, xmm1
        vpextrq rdx, xmm0, 1
        vmovq   rax, xmm0
        add     rax, rdx
        vzeroupper
        ret
.endm
.macro sum reg, bytes, i
        vpaddq  \reg\i, \reg\i, [r8 + \bytes * \i]
.endm

        function read_avx512
        read    zmm, 64

        function read_avx2
        read    ymm, 32

# void features(int[8] out in rdi): cpuid 1.ecx, 7.0.ebx, 7.0.ecx, 7.0.edx, 7.1.eax, then xcr0 and, as Linux grants it to this
# process, arch_prctl(ARCH_GET_XCOMP_PERM); zeros where the CPU or the kernel does not know the question.
        function features
        push    rbx
        xor     eax, eax
        .irpc   i, 01234567
        mov     [rdi + 4 * \i], eax
        .endr
        cpuid
        mov     esi, eax                # the highest leaf
        mov     eax, 1
        xor     ecx, ecx
        cpuid
        mov     [rdi], ecx
        cmp     esi, 7
        jb      1f
        mov     eax, 7
        xor     ecx, ecx
        cpuid
        mov     [rdi + 4], ebx
        mov     [rdi + 8], ecx
        mov     [rdi + 12], edx
        test    eax, eax                # the highest sub-leaf
        jz      1f
        mov     eax, 7
        mov     ecx, 1
        cpuid
        mov     [rdi + 16], eax
1:      bt      dword ptr [rdi], 27     # osxsave
        jnc     2f
        xor     ecx, ecx
        xgetbv
        mov     [rdi + 20], eax
2:      mov     r8, rdi
        push    0
        mov     rsi, rsp
        mov     edi, 0x1022             # ARCH_GET_XCOMP_PERM
        mov     eax, 158                # arch_prctl
        syscall
        pop     rdx
        mov     [r8 + 24], edx
        xor     eax, eax
        pop     rbx
        ret
