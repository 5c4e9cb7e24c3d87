# Convolutions on AMX tiles, x86-64 Linux, System V calling convention. ./assemble turns them into
# src/main/resources/dev/gatun/natives/convolution.hex, one section a line; MachineCodeTest checks that both agree.
#
#   void convolution(arguments in rdi)
#
# A tile of src is up to 16 pixels of one kernel tap and 64 bytes of their channels, a tile of weights those 64 bytes for 16 output
# channels. Two by two of them make a step; the steps of a pair of tiles of dst go through all taps and channels. Where the pixels of a
# tile and the taps of a step lie are tables, so that padding, strides, the stem and a batch are nothing to the code.
#
# What follows the last step of a pair (scales, bias, residual, ReLU, rounding) is done between the first four steps of the next pair: the
# tile unit is busy 64 cycles a step and leaves the vector units idle.
#
# On a core whose other hyperthread runs too, what fills a tile register waits until what did before is through, as if none were renamed. There
# each step asks for the next one's lines, so that its loads are short; on a core alone that would only take time. Which it is, the core is
# asked now and then (SharedCores.java).
        .intel_syntax noprefix
        .altmacro

        .equ    SRC, 0                  # where the tables of src start
        .equ    WEIGHTS, 8              # [panels][steps][2][16 rows of 4 bytes x 16 channels]
        .equ    DST, 16                 # where the tables of dst start
        .equ    RESIDUAL, 24            # where those of the residual start
        .equ    SCALES, 32              # f32 [panels][32]; int8 only
        .equ    BIAS, 40                # f32 [panels][32]
        .equ    STEPS, 48               # int32 [steps]: bytes from the first pixel of a tile
        .equ    STEP_COUNT, 56
        .equ    TILES, 64               # int32 [pairs][2]: bytes from SRC to the first pixel of a tile
        .equ    ROWS, 72                # int32 [pairs][2][16]: bytes from DST to a pixel, or a negative number
        .equ    STRIDE, 80              # bytes from a pixel of a tile to the next
        .equ    PAIRS, 88               # pairs of tiles
        .equ    BLOCK, 96               # pairs that share a panel of weights before the next panel's turn
        .equ    PANELS, 104             # of 32 output channels
        .equ    PREFETCH, 112           # uint8 [4]: cache lines of the next panel to ask for after each multiplication of a step
        .equ    SUM_SCALE, 120          # f32: of the residual
        .equ    FLOOR, 124              # f32: 0 for ReLU, else the lowest; where dst is bf16
        .equ    CONFIG, 128             # of the tiles, 64 bytes
        .equ    BORDER, 136             # int32 [borders]: bytes from DST to pixels that are set to zero
        .equ    BORDERS, 144
        .equ    RESIDUAL_ROWS, 152      # bytes from the table at ROWS to that of the residual's pixels, all of which exist
        .equ    NOWHERE, 160            # where pixels go that nobody wants, those of negative ROWS: 64 bytes
        .equ    DST_PLANE, 168          # bytes from 64 bytes of channels to the next, in dst: 64 if a pixel's channels are neighbours
        .equ    RESIDUAL_PLANE, 176     # in the residual
        .equ    FIRST_PANEL, 184        # of DST and RESIDUAL, that WEIGHTS, SCALES and BIAS begin with
        .equ    CORES, 192              # [64] of 64 bytes, what was found about a core: ticks when, 0 if it is not shared, how often asked and shared
        .equ    BELIEVED, 200           # ticks for which that holds
        .equ    OWN_STEPS, 208          # of src; the rest are of a second source
        .equ    SECOND, 216             # where its tables start
        .equ    SECOND_TILES, 224       # as TILES
        .equ    SECOND_STRIDE, 232      # as STRIDE
        .equ    PASSING, 240            # WEIGHTS_PASS, PIXELS_PASS: what L1 shall not keep
        .equ    WEIGHTS_PASS, 1
        .equ    PIXELS_PASS, 2

        .equ    SPILL, 0                # of the stack: two buffers of 32 pixels x 32 channels of 4 bytes
        .equ    SPILL_BYTES, 4096
        .equ    PAIR, 8192
        .equ    PAIR_END, 8200
        .equ    PANEL, 8208
        .equ    PANEL_WEIGHTS, 8216
        .equ    PANEL_BYTES, 8224
        .equ    STEPS_END, 8232
        .equ    AHEAD, 8240             # next cache line to ask for
        .equ    OLD_STACK, 8248
        .equ    BLOCK_START, 8256
        .equ    TURN, 8264              # which buffer the next pair is spilled to
        .equ    ELSEWHERE, 8272         # bytes from dst to NOWHERE
        .equ    SHARED, 8280            # not 0 on a core that is shared
        .equ    NEXT_TILES, 8288        # first pixels of the two tiles after those of this pair and source
        .equ    SOURCE_END, 8304        # of the steps of the source in turn
        .equ    NEXT_WEIGHTS, 8312      # of the pair after this one
        .equ    NEXT_PAIR, 8320         # its number
        .equ    PASSING_NOW, 8328       # of PASSING: nothing on a core that is shared
        .equ    FRAME, 8384

# rdi arguments, rsi 64, rax STRIDE of the source in turn, r8 r9 pixels of the two tiles, r10 weights, r11 steps, r15 stack. Of the pair that is finished
# meanwhile: rcx spilled sums, r12 rows of the table, rbx dst, rbp residual, zmm24 to 27 scales and bias.

.macro function name
        .section .\name, "ax", @progbits
.endm

# Asks for as many cache lines of the next panel as stand at byte i of PREFETCH. Changes rdx and r13.
.macro ahead i
        local   next, done
        movzx   edx, byte ptr [rdi + PREFETCH + \i]
        test    edx, edx
        jz      done
        mov     r13, [r15 + AHEAD]
next:   prefetcht1 [r13]
        add     r13, 64
        dec     edx
        jnz     next
        mov     [r15 + AHEAD], r13
done:
.endm

# Asks for half of the next step's weights, the next pair's first after the last one. Changes r13.
.macro soon_weights from
        lea     r13, [r10 + 2048]
        cmp     r11, [r15 + STEPS_END]
        cmovae  r13, [r15 + NEXT_WEIGHTS]
        .set    line, \from
        .rept   16
        prefetcht0 [r13 + line]
        .set    line, line + 64
        .endr
.endm

# Asks for the pixels of a tile in the next step, of the next source or pair after the last one. Changes rdx and r13.
.macro soon_pixels tile, at
        local   last, there
        cmp     r11, [r15 + SOURCE_END]
        jae     last
        movsxd  rdx, dword ptr [r11]
        lea     r13, [\tile + rdx]
        jmp     there
last:   mov     r13, [r15 + NEXT_TILES + \at]
there:  .rept   7
        prefetcht0 [r13]
        prefetcht0 [r13 + rax]
        lea     r13, [r13 + 2 * rax]
        .endr
        prefetcht0 [r13]
        prefetcht0 [r13 + rax]
.endm

# r8 and r9 of the pair in r13, by a table and in a source. Changes rdx.
.macro these_tiles table, source
        mov     rdx, [rdi + \table]
        movsxd  r8, dword ptr [rdx + 8 * r13]
        movsxd  r9, dword ptr [rdx + 8 * r13 + 4]
        add     r8, [rdi + \source]
        add     r9, [rdi + \source]
.endm

# What is read after the steps of a source: a pair of tiles, by its number in r13, by a table and in a source, at the first of some steps. Changes
# rdx, r13 and r14.
.macro next_tiles table, source, steps
        mov     rdx, [rdi + \table]
        movsxd  r14, dword ptr [rdx + 8 * r13 + 4]
        movsxd  r13, dword ptr [rdx + 8 * r13]
        mov     rdx, [\steps]
        movsxd  rdx, dword ptr [rdx]
        add     rdx, [rdi + \source]
        add     r13, rdx
        add     r14, rdx
        mov     [r15 + NEXT_TILES], r13
        mov     [r15 + NEXT_TILES + 8], r14
.endm

# Loads a tile, past L1 if it is of what passes: where steps ask for what they load, it is to be there.
.macro load tile, base, index, at, passing
        local   past, loaded
        test    byte ptr [r15 + PASSING_NOW], \passing
        jnz     past
        tileloadd \tile, [\base + \index + \at]
        jmp     loaded
past:   tileloaddt1 \tile, [\base + \index + \at]
loaded:
.endm

# unit0 to unit3 are calls of what finishes four pixels, or nothing.
.macro step op, soon, unit0, unit1, unit2, unit3
        movsxd  rdx, dword ptr [r11]
        add     r11, 4
        lea     r13, [r8 + rdx]
        lea     r14, [r9 + rdx]
        load    tmm6, r10, rsi, 0, WEIGHTS_PASS
        load    tmm4, r13, rax, 0, PIXELS_PASS
        \op     tmm0, tmm4, tmm6
        ahead   0
        .if     \soon
        soon_weights 0
        .endif
        \unit0
        load    tmm7, r10, rsi, 1024, WEIGHTS_PASS
        load    tmm5, r14, rax, 0, PIXELS_PASS
        \op     tmm1, tmm4, tmm7
        ahead   1
        .if     \soon
        soon_weights 1024
        .endif
        \unit1
        \op     tmm2, tmm5, tmm6
        ahead   2
        .if     \soon
        soon_pixels r8, 0
        .endif
        \unit2
        \op     tmm3, tmm5, tmm7
        ahead   3
        .if     \soon
        soon_pixels r9, 8
        .endif
        \unit3
        add     r10, 2048
.endm

# All steps of a source, or from rest on those of the second, the first of a pair while the pair before is finished; goes on at one if they
# are but one, else at after.
.macro steps op, soon, finish, rest, one, after
        local   many, check
        test    r12, r12
        jz      \rest
        cmp     dword ptr [rdi + OWN_STEPS], 4
        jae     many
        step    \op, \soon, <call \finish>, <call \finish>, <call \finish>, <call \finish>
        cmp     dword ptr [rdi + OWN_STEPS], 1
        je      \one
        step    \op, \soon, <call \finish>, <call \finish>, <call \finish>, <call \finish>
        jmp     check
many:   step    \op, \soon, <call \finish>, , <call \finish>,
        mov     rdx, [rdi + STEPS]
        add     rdx, 16
        cmp     r11, rdx
        jb      many
check:  cmp     r11, [r15 + SOURCE_END]
        jae     \after
\rest:  step    \op, \soon
        cmp     r11, [r15 + SOURCE_END]
        jb      \rest
        jmp     \after
.endm

# rax 1 if the core is shared, else 0: whether two steps take longer than 75 multiplications of integers that wait for each other. Changes rdx,
# r13, r14 and the tiles.
.macro ask_core op
        .rept   2
        lfence
        rdtsc
        mov     r13d, eax
        .rept   2
        tileloadd tmm6, [r15 + rsi]
        tileloadd tmm4, [r15 + rsi]
        \op     tmm0, tmm4, tmm6
        tileloadd tmm7, [r15 + rsi]
        tileloadd tmm5, [r15 + rsi]
        \op     tmm1, tmm4, tmm7
        \op     tmm2, tmm5, tmm6
        \op     tmm3, tmm5, tmm7
        .endr
        .endr
        lfence
        rdtsc
        mov     r14d, eax
        sub     r13d, eax               # less than 0
        .rept   75
        imul    edx, edx
        .endr
        lfence
        rdtsc
        sub     eax, r14d
        add     eax, r13d
        shr     eax, 31
.endm

# Four pixels of 32 channels in int8.
.macro finish_int8 residual, pack
        .set    i, 0
        .rept   4
        int8_pixel %i, \residual
        .set    i, i + 1
        .endr
        vpackssdw zmm0, zmm0, zmm1
        vpackssdw zmm2, zmm2, zmm3
        \pack   zmm0, zmm0, zmm2
        vpackssdw zmm4, zmm4, zmm5
        vpackssdw zmm6, zmm6, zmm7
        \pack   zmm4, zmm4, zmm6
        vmovdqa64 zmm1, zmm0
        vpermt2d zmm0, zmm29, zmm4
        vpermt2d zmm1, zmm30, zmm4
        row     0
        vmovdqu [rbx + rdx], ymm0
        row     1
        vextracti64x4 [rbx + rdx], zmm0, 1
        row     2
        vmovdqu [rbx + rdx], ymm1
        row     3
        vextracti64x4 [rbx + rdx], zmm1, 1
.endm
.macro row i
        movsxd  rdx, dword ptr [r12 + 4 * \i]
        test    rdx, rdx
        cmovs   rdx, [r15 + ELSEWHERE]
.endm
.macro residual_row i
        mov     rdx, [rdi + RESIDUAL_ROWS]
        movsxd  rdx, dword ptr [r12 + rdx + 4 * \i]
.endm
.macro int8_pixel i, residual
        int8_half \i, %(128 * \i), 24, 25
        int8_half %(4 + \i), %(128 * \i + 64), 26, 27
        .ifnc   \residual, none
        residual_row \i
        \residual zmm8, xmmword ptr [rbp + rdx]
        \residual zmm9, xmmword ptr [rbp + rdx + 16]
        vcvtdq2ps zmm8, zmm8
        vcvtdq2ps zmm9, zmm9
        vfmadd231ps zmm\i, zmm8, zmm28
        add_second %(4 + \i)
        .endif
        round   \i
        round   %(4 + \i)
.endm
.macro int8_half reg, at, scale, bias
        vcvtdq2ps zmm\reg, zmmword ptr [rcx + \at]
        vfmadd213ps zmm\reg, zmm\scale, zmm\bias
.endm
.macro add_second reg
        vfmadd231ps zmm\reg, zmm9, zmm28
.endm
.macro round reg
        vcvtps2dq zmm\reg, zmm\reg
.endm

# Four pixels of 32 channels in bf16.
.macro finish_bf16 residual, pack
        .set    i, 0
        .rept   4
        bf16_pixel %i, \residual
        .set    i, i + 1
        .endr
.endm
.macro bf16_pixel i, residual
        vaddps  zmm0, zmm26, zmmword ptr [rcx + 128 * \i]
        vaddps  zmm1, zmm27, zmmword ptr [rcx + 128 * \i + 64]
        .ifnc   \residual, none
        residual_row \i
        vpmovzxwd zmm2, ymmword ptr [rbp + rdx]
        vpmovzxwd zmm3, ymmword ptr [rbp + rdx + 32]
        vpslld  zmm2, zmm2, 16
        vpslld  zmm3, zmm3, 16
        vaddps  zmm0, zmm0, zmm2
        vaddps  zmm1, zmm1, zmm3
        .endif
        vmaxps  zmm0, zmm0, zmm31
        vmaxps  zmm1, zmm1, zmm31
        vcvtne2ps2bf16 zmm0, zmm1, zmm0
        row     \i
        vmovdqu64 [rbx + rdx], zmm0
.endm

# Four pixels of 32 channels of sums in int8, to bf16.
.macro finish_wide residual, pack
        .set    i, 0
        .rept   4
        wide_pixel %i, \residual
        .set    i, i + 1
        .endr
.endm
.macro wide_pixel i, residual
        int8_half 0, %(128 * \i), 24, 25
        int8_half 1, %(128 * \i + 64), 26, 27
        .ifnc   \residual, none
        residual_row \i
        \residual zmm2, xmmword ptr [rbp + rdx]
        \residual zmm3, xmmword ptr [rbp + rdx + 16]
        vcvtdq2ps zmm2, zmm2
        vcvtdq2ps zmm3, zmm3
        vfmadd231ps zmm0, zmm2, zmm28
        vfmadd231ps zmm1, zmm3, zmm28
        .endif
        vmaxps  zmm0, zmm0, zmm31
        vmaxps  zmm1, zmm1, zmm31
        vcvtne2ps2bf16 zmm0, zmm1, zmm0
        row     \i
        vmovdqu64 [rbx + rdx], zmm0
.endm

# Bytes to the 32 channels of the panel in rdx, which take half of 64 bytes in int8 and all in bf16. Changes r13.
.macro channels_int8 to, plane
        mov     \to, rdx
        shr     \to, 1
        imul    \to, [rdi + \plane]
        mov     r13, rdx
        and     r13d, 1
        shl     r13d, 5
        add     \to, r13
.endm
.macro channels_bf16 to, plane
        mov     \to, rdx
        imul    \to, [rdi + \plane]
.endm
.macro channels_wide to, plane
        channels_bf16 \to, \plane
.endm
# The same of the residual.
.macro added_int8 to
        channels_int8 \to, RESIDUAL_PLANE
.endm
.macro added_bf16 to
        channels_bf16 \to, RESIDUAL_PLANE
.endm
.macro added_wide to
        channels_int8 \to, RESIDUAL_PLANE
.endm
.macro clear_int8
        vmovdqu [r14 + r8], ymm0
.endm
.macro clear_bf16
        vmovdqu64 [r14 + r8], zmm0
.endm
.macro clear_wide
        clear_bf16
.endm

.macro constants_int8 panel
        mov     r13, [rdi + SCALES]
        vmovups zmm24, [r13 + \panel]
        vmovups zmm26, [r13 + \panel + 64]
        mov     r13, [rdi + BIAS]
        vmovups zmm25, [r13 + \panel]
        vmovups zmm27, [r13 + \panel + 64]
.endm
.macro constants_wide panel
        constants_int8 \panel
.endm
.macro constants_bf16 panel
        mov     r13, [rdi + BIAS]
        vmovups zmm26, [r13 + \panel]
        vmovups zmm27, [r13 + \panel + 64]
.endm

# op of the tiles, kind of the elements, what widens the residual, what narrows the result
.macro convolve op, kind, residual, pack
        local   some, border, borderless, zeros, block, panel, pair, after, one, spilled, transpose, fits, finish, known, within, soon, both, asking, second, rest, resting
        cmp     qword ptr [rdi + PAIRS], 0
        jne     some
        ret
some:   push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        mov     rdx, rsp
        lea     r15, [rsp - FRAME]
        and     r15, -64
        mov     rsp, r15
        mov     [r15 + OLD_STACK], rdx
        mov     rax, [rdi + CONFIG]
        ldtilecfg [rax]
        vpxor   xmm0, xmm0, xmm0
        cmp     qword ptr [rdi + BORDERS], 0
        je      borderless
        mov     rdx, [rdi + FIRST_PANEL]
        mov     r9, rdx
        add     r9, [rdi + PANELS]
zeros:  channels_\kind r14, DST_PLANE
        add     r14, [rdi + DST]
        mov     r11, [rdi + BORDER]
        mov     rcx, [rdi + BORDERS]
border: movsxd  r8, dword ptr [r11]
        clear_\kind
        add     r11, 4
        dec     rcx
        jnz     border
        inc     rdx
        cmp     rdx, r9
        jb      zeros
borderless:
        vmovdqu32 zmm29, [rip + transpose]
        vmovdqu32 zmm30, [rip + transpose + 64]
        vbroadcastss zmm28, dword ptr [rdi + SUM_SCALE]
        vbroadcastss zmm31, dword ptr [rdi + FLOOR]
        mov     esi, 64
        mov     r9, rsp                 # stacks are 2^n pages apart, or nearly so
        shr     r9, 12
        imul    r9d, r9d, 0x9e3779b1
        shr     r9d, 26
        shl     r9d, 6
        add     r9, [rdi + CORES]
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        mov     rdx, rax
        sub     rdx, [r9]
        cmp     rdx, [rdi + BELIEVED]
        jb      known
        mov     [r9], rax
        ask_core \op
        mov     [r9 + 8], rax
        inc     qword ptr [r9 + 16]
        add     [r9 + 24], rax
known:  mov     rax, [r9 + 8]
        mov     [r15 + SHARED], rax
        cmp     rax, 1                  # carry if it is not
        sbb     rdx, rdx
        and     rdx, [rdi + PASSING]
        mov     [r15 + PASSING_NOW], rdx
        mov     rdx, [rdi + STEP_COUNT]
        mov     r13, [rdi + STEPS]
        lea     r13, [r13 + 4 * rdx]
        mov     [r15 + STEPS_END], r13
        shl     rdx, 11
        mov     [r15 + PANEL_BYTES], rdx
        xor     r12d, r12d              # nothing to finish yet
        mov     [r15 + PAIR], r12
        mov     [r15 + TURN], r12
block:  mov     rdx, [r15 + PAIR]
        mov     [r15 + BLOCK_START], rdx
        add     rdx, [rdi + BLOCK]
        cmp     rdx, [rdi + PAIRS]
        jbe     fits
        mov     rdx, [rdi + PAIRS]
fits:   mov     [r15 + PAIR_END], rdx
        mov     qword ptr [r15 + PANEL], 0
        mov     rdx, [rdi + WEIGHTS]
        mov     [r15 + PANEL_WEIGHTS], rdx
panel:  mov     r13, [r15 + BLOCK_START]
        mov     [r15 + PAIR], r13
        mov     rdx, [r15 + PANEL_WEIGHTS]
        add     rdx, [r15 + PANEL_BYTES]
        mov     [r15 + AHEAD], rdx
pair:   mov     r13, [r15 + PAIR]
        these_tiles TILES, SRC
        mov     rax, [rdi + STRIDE]
        mov     r10, [r15 + PANEL_WEIGHTS]
        mov     r11, [rdi + OWN_STEPS]
        shl     r11, 2
        add     r11, [rdi + STEPS]
        mov     [r15 + SOURCE_END], r11
        mov     r11, [rdi + STEPS]
        tilezero tmm0
        tilezero tmm1
        tilezero tmm2
        tilezero tmm3
        xor     qword ptr [r15 + TURN], SPILL_BYTES
        cmp     qword ptr [r15 + SHARED], 0
        jne     soon
        steps   \op, 0, finish, rest, one, after
soon:   mov     r14, [r15 + PANEL_WEIGHTS]
        inc     r13
        cmp     r13, [r15 + PAIR_END]
        jb      within
        mov     r13, [r15 + BLOCK_START]
        add     r14, [r15 + PANEL_BYTES]
within: mov     [r15 + NEXT_PAIR], r13
        mov     [r15 + NEXT_WEIGHTS], r14
        mov     r14, [r15 + SOURCE_END]
        cmp     r14, [r15 + STEPS_END]
        jb      both
        next_tiles TILES, SRC, <rdi + STEPS>
        jmp     asking
both:   mov     r13, [r15 + PAIR]
        next_tiles SECOND_TILES, SECOND, <r15 + SOURCE_END>
asking: steps   \op, 1, finish, resting, one, after
second: mov     r13, [r15 + PAIR]
        these_tiles SECOND_TILES, SECOND
        mov     rax, [rdi + SECOND_STRIDE]
        mov     rdx, [r15 + STEPS_END]
        mov     [r15 + SOURCE_END], rdx
        cmp     qword ptr [r15 + SHARED], 0
        je      rest
        mov     r13, [r15 + NEXT_PAIR]
        next_tiles TILES, SRC, <rdi + STEPS>
        jmp     resting
one:    mov     r14, [r15 + TURN]
        add     r14, r15
        tilestored [r14 + 2 * rsi], tmm0
        call    finish
        tilestored [r14 + 2 * rsi + 64], tmm1
        call    finish
        tilestored [r14 + 2 * rsi + 2048], tmm2
        call    finish
        tilestored [r14 + 2 * rsi + 2112], tmm3
        call    finish
        jmp     spilled
after:  cmp     r11, [r15 + STEPS_END]
        jb      second
        mov     r14, [r15 + TURN]
        add     r14, r15
        tilestored [r14 + 2 * rsi], tmm0
        tilestored [r14 + 2 * rsi + 64], tmm1
        tilestored [r14 + 2 * rsi + 2048], tmm2
        tilestored [r14 + 2 * rsi + 2112], tmm3
spilled:
        mov     rcx, r14
        mov     r12, [r15 + PAIR]
        shl     r12, 7
        add     r12, [rdi + ROWS]
        mov     rdx, [r15 + PANEL]
        add     rdx, [rdi + FIRST_PANEL]
        channels_\kind rbx, DST_PLANE
        add     rbx, [rdi + DST]
        added_\kind rbp
        add     rbp, [rdi + RESIDUAL]
        mov     r13, [rdi + NOWHERE]
        sub     r13, rbx
        mov     [r15 + ELSEWHERE], r13
        mov     rdx, [r15 + PANEL]
        shl     rdx, 7
        constants_\kind rdx
        mov     r13, [r15 + PAIR]
        inc     r13
        mov     [r15 + PAIR], r13
        cmp     r13, [r15 + PAIR_END]
        jb      pair
        mov     rdx, [r15 + PANEL_BYTES]
        add     [r15 + PANEL_WEIGHTS], rdx
        mov     rdx, [r15 + PANEL]
        inc     rdx
        mov     [r15 + PANEL], rdx
        cmp     rdx, [rdi + PANELS]
        jb      panel
        mov     rdx, [r15 + PAIR_END]
        cmp     rdx, [rdi + PAIRS]
        jb      block
        .rept   8
        call    finish
        .endr
        tilerelease
        vzeroupper
        mov     rsp, [r15 + OLD_STACK]
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret
        .balign 64
finish: finish_\kind \residual, \pack
        add     rcx, 512
        add     r12, 16
        ret
        .balign 64
transpose:
        .int    0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29
        .int    2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31
.endm

        function u8_none
        convolve tdpbusd, int8, none, vpackuswb
        function u8_u8
        convolve tdpbusd, int8, vpmovzxbd, vpackuswb
        function u8_s8
        convolve tdpbusd, int8, vpmovsxbd, vpackuswb
        function s8_none
        convolve tdpbusd, int8, none, vpacksswb
        function s8_u8
        convolve tdpbusd, int8, vpmovzxbd, vpacksswb
        function s8_s8
        convolve tdpbusd, int8, vpmovsxbd, vpacksswb
        function to_bf16_none
        convolve tdpbusd, wide, none, none
        function to_bf16_u8
        convolve tdpbusd, wide, vpmovzxbd, none
        function to_bf16_s8
        convolve tdpbusd, wide, vpmovsxbd, none
        function bf16_none
        convolve tdpbf16ps, bf16, none, none
        function bf16_bf16
        convolve tdpbf16ps, bf16, widen, none

# Copies PAIRS pixels of STRIDE bytes, a multiple of 64, from SRC at TILES to DST at ROWS, and sets the pixels at BORDER to zero.
        function move
        vpxor   xmm1, xmm1, xmm1
        mov     rcx, [rdi + STRIDE]
        mov     r8, [rdi + DST]
        mov     r9, [rdi + BORDER]
        mov     r10, [rdi + BORDERS]
        test    r10, r10
        jz      3f
1:      movsxd  rdx, dword ptr [r9]
        add     rdx, r8
        mov     rax, rcx
2:      vmovdqu64 [rdx], zmm1
        add     rdx, 64
        sub     rax, 64
        jnz     2b
        add     r9, 4
        dec     r10
        jnz     1b
3:      mov     r9, [rdi + TILES]
        mov     r10, [rdi + ROWS]
        mov     r11, [rdi + PAIRS]
        mov     rsi, [rdi + SRC]
        test    r11, r11
        jz      6f
4:      movsxd  rdi, dword ptr [r9]
        movsxd  rdx, dword ptr [r10]
        add     rdi, rsi
        add     rdx, r8
        mov     rax, rcx
5:      vmovdqu64 zmm0, [rdi]
        vmovdqu64 [rdx], zmm0
        add     rdi, 64
        add     rdx, 64
        sub     rax, 64
        jnz     5b
        add     r9, 4
        add     r10, 4
        dec     r11
        jnz     4b
6:      vzeroupper
        ret

# Sets PAIRS times 64 bytes of dst, at ROWS, to the greatest of what stands at TILES and each of STEPS behind, and those at BORDER to zero.
.macro greatest op
        vpxor   xmm1, xmm1, xmm1
        mov     r8, [rdi + DST]
        mov     r9, [rdi + BORDER]
        mov     r10, [rdi + BORDERS]
        test    r10, r10
        jz      2f
1:      movsxd  rdx, dword ptr [r9]
        vmovdqu64 [r8 + rdx], zmm1
        add     r9, 4
        dec     r10
        jnz     1b
2:      mov     r9, [rdi + TILES]
        mov     r10, [rdi + ROWS]
        mov     r11, [rdi + PAIRS]
        test    r11, r11
        jz      5f
3:      movsxd  rsi, dword ptr [r9]
        add     rsi, [rdi + SRC]
        mov     rax, [rdi + STEPS]
        mov     rcx, [rdi + STEP_COUNT]
        vmovdqa64 zmm0, zmm1
4:      movsxd  rdx, dword ptr [rax]
        \op    zmm0, zmm0, zmmword ptr [rsi + rdx]
        add     rax, 4
        dec     rcx
        jnz     4b
        movsxd  rdx, dword ptr [r10]
        vmovdqu64 [r8 + rdx], zmm0
        add     r9, 4
        add     r10, 4
        dec     r11
        jnz     3b
5:      vzeroupper
        ret
.endm
        function greatest_u8
        greatest vpmaxub
# Of bf16 without a sign, whose bits are in the order of the numbers.
        function greatest_bf16
        greatest vpmaxuw

# Sets PAIRS times 32 channels of dst, at ROWS, to the sum of STEP_COUNT pixels in bf16 that begin at TILES and are STRIDE bytes apart, times
# SUM_SCALE.
.macro mean kind
        mov     r8, [rdi + DST]
        mov     r9, [rdi + TILES]
        mov     r10, [rdi + ROWS]
        mov     r11, [rdi + PAIRS]
        mov     rax, [rdi + STRIDE]
        vbroadcastss zmm5, dword ptr [rdi + SUM_SCALE]
        test    r11, r11
        jz      3f
1:      movsxd  rsi, dword ptr [r9]
        add     rsi, [rdi + SRC]
        mov     rcx, [rdi + STEP_COUNT]
        vpxord  zmm0, zmm0, zmm0
        vpxord  zmm1, zmm1, zmm1
2:      vmovdqu64 zmm2, [rsi]
        vpsrld  zmm3, zmm2, 16
        vpslld  zmm2, zmm2, 16
        vpslld  zmm3, zmm3, 16
        vaddps  zmm0, zmm0, zmm2
        vaddps  zmm1, zmm1, zmm3
        add     rsi, rax
        dec     rcx
        jnz     2b
        vmulps  zmm0, zmm0, zmm5
        vmulps  zmm1, zmm1, zmm5
        movsxd  rdx, dword ptr [r10]
        narrow_\kind
        add     r9, 4
        add     r10, 4
        dec     r11
        jnz     1b
3:      vzeroupper
        ret
.endm
# Of even channels in zmm0 and odd ones in zmm1.
.macro narrow_bf16
        vcvtneps2bf16 ymm0, zmm0
        vcvtneps2bf16 ymm1, zmm1
        vpmovzxwd zmm0, ymm0
        vpmovzxwd zmm1, ymm1
        vpslld  zmm1, zmm1, 16
        vpord   zmm0, zmm0, zmm1
        vmovdqu64 [r8 + rdx], zmm0
.endm
.macro narrow_u8
        vcvtps2dq zmm0, zmm0
        vcvtps2dq zmm1, zmm1
        vpackusdw zmm0, zmm0, zmm1      # by fours: even ones, odd ones
        vpshufb zmm0, zmm0, zmm6
        vpminuw zmm0, zmm0, zmm7
        vpmovwb [r8 + rdx], zmm0
.endm
        function mean_bf16
        mean    bf16
        function mean_u8
        vbroadcasti32x4 zmm6, xmmword ptr [rip + by_turns]
        mov     eax, 255
        vpbroadcastw zmm7, eax
        mean    u8
        .balign 16
by_turns:
        .byte   0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15

# Multiplies PAIRS rows of src, of STEP_COUNT times 64 bytes and STRIDE bytes apart, by the weights: f32, DST_PLANE bytes from row to row, of
# which there are BLOCK.
.macro product_of op, kind
        local   panel, full, image, step, done
        push    rbx
        push    rbp
        push    r12
        push    r13
        mov     r8, [rdi + WEIGHTS]
        mov     r9, [rdi + PANELS]
        mov     rdx, [rdi + FIRST_PANEL]
        mov     rcx, rdx
        shl     rcx, 5
        neg     rcx
        add     rcx, [rdi + BLOCK]
        mov     r11, rdx
        shl     r11, 7
        add     r11, [rdi + DST]
        xor     eax, eax
        test    r9, r9
        jz      done
panel:  mov     edx, -1
        cmp     rcx, 32
        jae     full
        bzhi    edx, edx, ecx
full:   kmovw   k1, edx
        shr     edx, 16
        kmovw   k2, edx
        mov     r10, [rdi + PAIRS]
        mov     rsi, [rdi + SRC]
        mov     r12, r11
image:  mov     rbx, r8
        mov     r13, rsi
        mov     rbp, [rdi + STEP_COUNT]
        vpxord  zmm0, zmm0, zmm0
        vpxord  zmm1, zmm1, zmm1
        vpxord  zmm2, zmm2, zmm2
        vpxord  zmm3, zmm3, zmm3
step:   .set    line, 0
        .rept   8
        vpbroadcastd zmm4, dword ptr [r13 + line / 16]
        vpbroadcastd zmm5, dword ptr [r13 + line / 16 + 4]
        \op     zmm0, zmm4, [rbx + line]
        \op     zmm1, zmm4, [rbx + line + 1024]
        \op     zmm2, zmm5, [rbx + line + 64]
        \op     zmm3, zmm5, [rbx + line + 1088]
        prefetcht1 [rbx + 8192 + 2 * line]
        prefetcht1 [rbx + 8192 + 2 * line + 64]
        prefetcht1 [rbx + 8192 + 2 * line + 128]
        prefetcht1 [rbx + 8192 + 2 * line + 192]
        .set    line, line + 128
        .endr
        add     r13, 64
        add     rbx, 2048
        dec     rbp
        jnz     step
        sum_\kind
        vmovups [r12]{k1}, zmm0
        vmovups [r12 + 64]{k2}, zmm1
        add     r12, [rdi + DST_PLANE]
        add     rsi, [rdi + STRIDE]
        dec     r10
        jnz     image
        mov     r8, rbx
        add     r11, 128
        add     rax, 128
        sub     rcx, 32
        dec     r9
        jnz     panel
done:   vzeroupper
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret
.endm
.macro sum_bf16
        mov     rdx, [rdi + BIAS]
        vaddps  zmm0, zmm0, zmm2
        vaddps  zmm1, zmm1, zmm3
        vaddps  zmm0, zmm0, [rdx + rax]
        vaddps  zmm1, zmm1, [rdx + rax + 64]
.endm
.macro sum_u8
        vpaddd  zmm0, zmm0, zmm2
        vpaddd  zmm1, zmm1, zmm3
        vcvtdq2ps zmm0, zmm0
        vcvtdq2ps zmm1, zmm1
        mov     rdx, [rdi + SCALES]
        vmulps  zmm0, zmm0, [rdx + rax]
        vmulps  zmm1, zmm1, [rdx + rax + 64]
        mov     rdx, [rdi + BIAS]
        vaddps  zmm0, zmm0, [rdx + rax]
        vaddps  zmm1, zmm1, [rdx + rax + 64]
.endm
        function product_bf16
        product_of vdpbf16ps, bf16
        function product_u8
        product_of vpdpbusd, u8

# void pixels(src in rdi, arguments in rsi): rounds planar f32 images of three channels to bf16 and puts the channels of a pixel next to each
# other, with a fourth that is zero, inside a border of zeros.
        .equ    SKIPPED, 0              # bytes from src to the first image
        .equ    PIXELS, 8               # where they go, 8 bytes each
        .equ    IMAGES, 16
        .equ    HEIGHT, 24
        .equ    WIDTH, 32
        .equ    PLANE, 40               # bytes from a channel to the next in src
        .equ    ABOVE, 48               # pixels of the border before the first row
        .equ    BEFORE, 56              # before each row
        .equ    BEHIND, 64              # after each row
        .equ    BELOW, 72               # after the last row

# r8 goes on.
.macro zeros count
        local   next, done
        mov     rcx, [rsi + \count]
        test    rcx, rcx
        jz      done
next:   mov     [r8], rax
        add     r8, 8
        dec     rcx
        jnz     next
done:
.endm
# Of 16 pixels in zmm0, zmm1 and zmm2: zmm6 and zmm7.
.macro interleave
        vcvtneps2bf16 ymm0, zmm0
        vcvtneps2bf16 ymm1, zmm1
        vcvtneps2bf16 ymm2, zmm2
        vpmovzxwd zmm0, ymm0
        vpmovzxwd zmm1, ymm1
        vpmovzxwd zmm2, ymm2
        vpslld  zmm1, zmm1, 16
        vpord   zmm0, zmm0, zmm1
        vmovdqa64 zmm6, zmm4
        vmovdqa64 zmm7, zmm5
        vpermi2d zmm6, zmm0, zmm2
        vpermi2d zmm7, zmm0, zmm2
.endm
        function pixels
        add     rdi, [rsi + SKIPPED]
        mov     r8, [rsi + PIXELS]
        mov     r9, [rsi + IMAGES]
        mov     r10, [rsi + PLANE]
        vmovdqu32 zmm4, [rip + pixels_low]
        vmovdqu32 zmm5, [rip + pixels_high]
        xor     eax, eax
1:      zeros   ABOVE
        mov     rdx, [rsi + HEIGHT]
2:      zeros   BEFORE
        mov     rcx, [rsi + WIDTH]
3:      cmp     rcx, 16
        jb      4f
        vmovups zmm0, [rdi]
        vmovups zmm1, [rdi + r10]
        vmovups zmm2, [rdi + 2 * r10]
        interleave
        vmovdqu64 [r8], zmm6
        vmovdqu64 [r8 + 64], zmm7
        add     rdi, 64
        add     r8, 128
        sub     rcx, 16
        jmp     3b
4:      mov     r11d, 1
        shl     r11d, cl
        dec     r11d
        kmovw   k1, r11d
        kshiftrw k2, k1, 8
        vmovups zmm0{k1}{z}, [rdi]
        vmovups zmm1{k1}{z}, [rdi + r10]
        vmovups zmm2{k1}{z}, [rdi + 2 * r10]
        interleave
        vmovdqu64 [r8]{k1}, zmm6
        vmovdqu64 [r8 + 64]{k2}, zmm7
        lea     rdi, [rdi + 4 * rcx]
        lea     r8, [r8 + 8 * rcx]
        zeros   BEHIND
        dec     rdx
        jnz     2b
        zeros   BELOW
        lea     rdi, [rdi + 2 * r10]
        dec     r9
        jnz     1b
        vzeroupper
        ret
        .balign 64
pixels_low:
        .int    0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
pixels_high:
        .int    8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

# void team(work in rdi), in every thread of a team: takes parts of the work that no other thread has taken, in an order of its own, and
# calls the function at 8 with their arguments, which begin at 24 and are as many bytes apart as stands at 16. The function at 0 is
# omp_get_thread_num; at 32 is int32 [threads][parts], the orders; at 40 the number of parts; at 48 int32 [parts], the turn in which each
# was last taken; at 56 the turn.
        function team
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     rbx, rdi
        call    [rbx]
        mov     r13, [rbx + 40]
        imul    rax, r13
        mov     r12, [rbx + 32]
        lea     r12, [r12 + 4 * rax]
        mov     r14d, [rbx + 56]
1:      dec     r13
        js      2f
        movsxd  r15, dword ptr [r12]
        add     r12, 4
        mov     rdx, [rbx + 48]
        cmp     [rdx + 4 * r15], r14d
        je      1b
        mov     eax, r14d
        xchg    [rdx + 4 * r15], eax
        cmp     eax, r14d
        je      1b
        mov     rdi, r15
        imul    rdi, [rbx + 16]
        add     rdi, [rbx + 24]
        call    [rbx + 8]
        jmp     1b
2:      pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        ret
