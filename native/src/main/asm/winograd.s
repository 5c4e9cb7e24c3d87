# Convolutions of 3x3 with stride 1 in f32, of values in f32 or bf16, by Winograd's minimal filtering F(4x4, 3x3) with AVX-512, x86-64
# Linux, System V calling convention. ./assemble turns them into src/main/resources/dev/gatun/natives/winograd.hex, one section a line;
# MachineCodeTest checks that both agree.
#
#   void winograd(arguments in rdi)
#
# A tile is 4x4 pixels of dst, computed from 6x6 of src. Of all tiles of a band the pixels of src are transformed, B'dB, to 36 matrices
# [tiles][ic]; each is multiplied by its matrix of transformed weights, for a panel of 32 output channels at a time; the 36 products are
# transformed back, A'mA, and biased, added to and cut off on their way to dst. Where pixels lie are tables, so that padding and a batch
# are nothing to the code. The points are 0, +-sqrt(1/2), +-sqrt(2) and infinity, which keep rounding errors smaller than whole numbers do.
        .intel_syntax noprefix
        .altmacro

        .equ    SRC, 0                  # where the tables of src start
        .equ    PIXELS, 8               # int32 [tiles][36]: bytes from SRC to a pixel, or a negative number for padding
        .equ    ZEROS, 16               # as many as a pixel of src has
        .equ    ROW_BYTES, 24           # of a matrix: ic * 4, a multiple of 64
        .equ    TILES, 32
        .equ    BAND, 40                # most tiles of a band
        .equ    WEIGHTS, 48             # [panels][36][ic][32]
        .equ    PANELS, 56
        .equ    BIAS, 64                # [panels][32]
        .equ    DST, 72                 # where the tables of dst start
        .equ    RESULTS, 80             # int32 [tiles][16]: bytes from DST to a pixel, or a negative number for none
        .equ    NOWHERE, 88             # room for a pixel's panel that nobody wants
        .equ    RESIDUAL, 96            # what is added, laid out as dst is; or null
        .equ    SPACE, 104              # for the 36 matrices of a band
        .equ    PRODUCTS, 112           # for their products, [36][tiles][32]
        .equ    FLOOR, 120              # f32: 0 for ReLU, else the lowest
        .equ    BF16, 124               # int32: 0 if src, dst and residual are f32, else they are bf16

        .equ    SQUARE, 0               # of the stack: 6x6 vectors
        .equ    POINTERS, 2304          # 36 of pixels
        .equ    LEFT, 2592              # tiles
        .equ    NOW, 2600               # tiles of this band
        .equ    SRC_AT, 2608            # where this band's tables begin
        .equ    DST_AT, 2616
        .equ    PANEL, 2624             # bytes of dst before this panel
        .equ    WEIGHTS_AT, 2632
        .equ    MATRIX, 2640            # of the band's 36
        .equ    MATRIX_BYTES, 2648
        .equ    PRODUCT, 2656
        .equ    OLD_STACK, 2664
        .equ    PANELS_LEFT, 2672
        .equ    MATRICES_LEFT, 2680
        .equ    ROWS, 2688              # of a matrix, not multiplied yet
        .equ    BIAS_AT, 2696
        .equ    FRAME, 2752

        .equ    MOST_ROWS, 14
        .equ    AHEAD, 2048             # bytes of weights to ask for

.macro function name
        .section .\name, "ax", @progbits
.endm

.macro constant register, bits
        mov     eax, \bits
        vpbroadcastd \register, eax
.endm

# zmm16 5/2, zmm17 2, zmm18 1/2, zmm19 sqrt(1/2), zmm20 sqrt(2)
.macro constants
        constant zmm16, 0x40200000
        constant zmm17, 0x40000000
        constant zmm18, 0x3f000000
        constant zmm19, 0x3f3504f3
        constant zmm20, 0x3fb504f3
.endm

# From zmm0 to zmm5, to zmm6, zmm7, zmm12, zmm9, zmm14, zmm11.
.macro forward
        vaddps  zmm6, zmm0, zmm4
        vmovaps zmm12, zmm4
        vmovaps zmm13, zmm3
        vmovaps zmm14, zmm4
        vmovaps zmm15, zmm3
        vaddps  zmm11, zmm1, zmm5
        vfnmadd231ps zmm12, zmm2, zmm17
        vfnmadd231ps zmm13, zmm1, zmm17
        vfnmadd231ps zmm14, zmm2, zmm18
        vfnmadd231ps zmm15, zmm1, zmm18
        vfnmadd231ps zmm6, zmm2, zmm16
        vfnmadd231ps zmm11, zmm3, zmm16
        vmovaps zmm7, zmm12
        vmovaps zmm9, zmm14
        vfmadd231ps zmm7, zmm13, zmm19
        vfnmadd231ps zmm12, zmm13, zmm19
        vfmadd231ps zmm9, zmm15, zmm20
        vfnmadd231ps zmm14, zmm15, zmm20
.endm

# From zmm0 to zmm5, to zmm6, zmm7, zmm8, zmm9. zmm21 is sqrt(1/2) / 2, zmm22 is 2 sqrt(2).
.macro backward
        vaddps  zmm10, zmm1, zmm2
        vsubps  zmm11, zmm1, zmm2
        vaddps  zmm12, zmm3, zmm4
        vsubps  zmm13, zmm3, zmm4
        vaddps  zmm6, zmm0, zmm10
        vmulps  zmm7, zmm11, zmm19
        vmulps  zmm8, zmm10, zmm18
        vmovaps zmm9, zmm5
        vfmadd231ps zmm9, zmm11, zmm21
        vaddps  zmm6, zmm6, zmm12
        vfmadd231ps zmm7, zmm13, zmm20
        vfmadd231ps zmm8, zmm12, zmm17
        vfmadd231ps zmm9, zmm13, zmm22
.endm

# Six vectors that are step bytes apart; step3 is three times step, from at on.
.macro load_six at, step, step3
        vmovups zmm0, [\at]
        vmovups zmm1, [\at + \step]
        vmovups zmm2, [\at + 2 * \step]
        vmovups zmm3, [\at + \step3]
        vmovups zmm4, [\at + 4 * \step]
        lea     r13, [\at + 2 * \step]
        vmovups zmm5, [r13 + \step3]
.endm

# rows x 32 sums. r8 the first row of a matrix, rsi bytes to the next, rdx ic, r13 weights, rbx products.
.macro multiply rows
        .set    i, 0
        .rept   2 * \rows
        clear   %i
        .set    i, i + 1
        .endr
        .if     \rows > 3
        lea     rax, [rsi + 2 * rsi]
        lea     r9, [r8 + rax]
        .endif
        .if     \rows > 6
        lea     r10, [r9 + rax]
        .endif
        .if     \rows > 9
        lea     r11, [r10 + rax]
        .endif
        .if     \rows > 12
        lea     r12, [r11 + rax]
        .endif
        .balign 16
1:      .irp    k, 0, 1
        vmovups zmm28, [r13 + 128 * \k]
        vmovups zmm29, [r13 + 128 * \k + 64]
        prefetcht0 [r13 + 128 * \k + AHEAD]
        prefetcht0 [r13 + 128 * \k + AHEAD + 64]
        .set    i, 0
        .rept   \rows
        row     %i, %(2 * i), %(2 * i + 1), %(30 + i % 2), \k
        .set    i, i + 1
        .endr
        .endr
        add     r13, 256
        add     r8, 8
        .if     \rows > 3
        add     r9, 8
        .endif
        .if     \rows > 6
        add     r10, 8
        .endif
        .if     \rows > 9
        add     r11, 8
        .endif
        .if     \rows > 12
        add     r12, 8
        .endif
        sub     rdx, 2
        jnz     1b
        .set    i, 0
        .rept   \rows
        sums    %i, %(2 * i), %(2 * i + 1)
        .set    i, i + 1
        .endr
        ret
.endm
.macro clear i
        vpxord  zmm\i, zmm\i, zmm\i
.endm
.macro row i, left, right, value, k
        broadcast \value, %(\i / 3), %(\i % 3), \k
        vfmadd231ps zmm\left, zmm28, zmm\value
        vfmadd231ps zmm\right, zmm29, zmm\value
.endm
.macro broadcast value, base, rest, k
        .if     \base == 0
        broadcast_at \value, r8, \rest, \k
        .elseif \base == 1
        broadcast_at \value, r9, \rest, \k
        .elseif \base == 2
        broadcast_at \value, r10, \rest, \k
        .elseif \base == 3
        broadcast_at \value, r11, \rest, \k
        .else
        broadcast_at \value, r12, \rest, \k
        .endif
.endm
.macro broadcast_at value, base, rest, k
        .if     \rest == 0
        vbroadcastss zmm\value, [\base + 4 * \k]
        .elseif \rest == 1
        vbroadcastss zmm\value, [\base + rsi + 4 * \k]
        .else
        vbroadcastss zmm\value, [\base + 2 * rsi + 4 * \k]
        .endif
.endm
.macro sums i, left, right
        vmovups [rbx + 128 * \i], zmm\left
        vmovups [rbx + 128 * \i + 64], zmm\right
.endm

.macro back y, at
        .irp    from, %(6 + \y)
        vmovaps [rsp + SQUARE + \at], zmm\from
        .endr
.endm

# One pixel of dst. zmm24 and zmm25 are the bias of its halves.
.macro result value, at, half, bytes, adding, storing
        local   alone
        movsxd  rax, dword ptr [r15 + \at]
        lea     rdx, [r11 + rax]
        test    rax, rax
        cmovs   rdx, r12
        .if     \half
        vaddps  zmm\value, zmm\value, zmm25
        .else
        vaddps  zmm\value, zmm\value, zmm24
        .endif
        test    r14, r14
        jz      alone
        lea     rsi, [r14 + rax]
        add     rsi, [rsp + PANEL]
        test    rax, rax
        cmovs   rsi, r12
        \adding \value, %(\half * \bytes / 4)
alone:  vmaxps  zmm\value, zmm23, zmm\value
        \storing \value, %(\half * \bytes / 4)
.endm
.macro add_f32 value, at
        vaddps  zmm\value, zmm\value, [rsi + \at]
.endm
.macro add_bf16 value, at
        vpmovzxwd zmm14, [rsi + \at]
        vpslld  zmm14, zmm14, 16
        vaddps  zmm\value, zmm\value, zmm14
.endm
.macro store_f32 value, at
        vmovups [rdx + \at], zmm\value
.endm
.macro store_bf16 value, at
        vcvtneps2bf16 ymm14, zmm\value
        vmovdqu [rdx + \at], ymm14
.endm

# Of all tiles of a panel. r8 bytes of a product, rbx of six, r9 of eighteen, r10 a tile of the first product, rcx tiles, r15 table of dst.
.macro results bytes, adding, storing
        local   tile
tile:   .irp    half, 0, 64
        lea     r11, [r10 + \half]
        .set    x, 0
        .rept   6
        load_six r11, rbx, r9
        backward
        .irpc   y, 0123
        back    \y, %(64 * (6 * \y + x))
        .endr
        add     r11, r8
        .set    x, x + 1
        .endr
        mov     r11, [rdi + DST]
        add     r11, [rsp + PANEL]
        mov     r12, [rdi + NOWHERE]
        mov     r14, [rdi + RESIDUAL]
        .irpc   y, 0123
        .irpc   x, 012345
        vmovaps zmm\x, [rsp + SQUARE + 64 * (6 * \y + \x)]
        .endr
        backward
        .irpc   x, 0123
        result  %(6 + \x), %(4 * (4 * \y + \x)), \half, \bytes, \adding, \storing
        .endr
        .endr
        .endr
        add     r10, 128
        add     r15, 64
        dec     rcx
        jnz     tile
.endm

# All channels of a tile. rdx bytes of a row of a matrix, rbp of all, rsi of a pixel if its values are bf16; r8 where in the first matrix.
.macro pixels loading
        local   vector
vector: .set    y, 0
        .rept   6
        .irpc   x, 012345
        mov     rax, [rsp + POINTERS + 8 * (6 * y + \x)]
        \loading \x
        .endr
        forward
        vmovaps [rsp + SQUARE + 64 * (6 * y)], zmm6
        vmovaps [rsp + SQUARE + 64 * (6 * y + 1)], zmm7
        vmovaps [rsp + SQUARE + 64 * (6 * y + 2)], zmm12
        vmovaps [rsp + SQUARE + 64 * (6 * y + 3)], zmm9
        vmovaps [rsp + SQUARE + 64 * (6 * y + 4)], zmm14
        vmovaps [rsp + SQUARE + 64 * (6 * y + 5)], zmm11
        .set    y, y + 1
        .endr
        mov     r11, r8
        .set    x, 0
        .rept   6
        .irpc   y, 012345
        vmovaps zmm\y, [rsp + SQUARE + 64 * (6 * \y + x)]
        .endr
        forward
        vmovups [r11], zmm6
        lea     r12, [r11 + rbx]
        vmovups [r12], zmm7
        vmovups [r11 + 2 * rbx], zmm12
        vmovups [r12 + 2 * rbx], zmm9
        vmovups [r11 + 4 * rbx], zmm14
        vmovups [r12 + 4 * rbx], zmm11
        add     r11, r14
        .set    x, x + 1
        .endr
        add     r8, 64
        add     rdx, 64
        add     rsi, 32
        cmp     rdx, rbp
        jb      vector
.endm
.macro load_f32 x
        vmovups zmm\x, [rax + rdx]
.endm
.macro load_bf16 x
        vpmovzxwd zmm\x, [rax + rsi]
        vpslld  zmm\x, zmm\x, 16
.endm

        function winograd
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        mov     rax, rsp
        sub     rsp, FRAME
        and     rsp, -64
        mov     [rsp + OLD_STACK], rax
        mov     rax, [rdi + TILES]
        mov     [rsp + LEFT], rax
        mov     rax, [rdi + PIXELS]
        mov     [rsp + SRC_AT], rax
        mov     rax, [rdi + RESULTS]
        mov     [rsp + DST_AT], rax
        mov     rbp, [rdi + ROW_BYTES]
        test    rbp, rbp
        jz      done
band:   mov     rcx, [rsp + LEFT]
        test    rcx, rcx
        jz      done
        mov     rax, [rdi + BAND]
        cmp     rcx, rax
        cmova   rcx, rax
        mov     [rsp + NOW], rcx
        sub     [rsp + LEFT], rcx
        mov     rax, rbp
        imul    rax, rcx
        mov     [rsp + MATRIX_BYTES], rax

# r14 bytes of a matrix, rbx of six of them, r8 where in the first matrix a vector goes, rdx channels
        constants
        mov     r14, [rsp + MATRIX_BYTES]
        lea     rbx, [r14 + 2 * r14]
        add     rbx, rbx
        mov     r8, [rdi + SPACE]
        mov     r15, [rsp + SRC_AT]
        mov     r9, [rdi + SRC]
        mov     r10, [rdi + ZEROS]
src_tile:
        .set    i, 0
        .rept   36
        movsxd  rax, dword ptr [r15 + 4 * i]
        lea     rdx, [r9 + rax]
        test    rax, rax
        cmovs   rdx, r10
        mov     [rsp + POINTERS + 8 * i], rdx
        .set    i, i + 1
        .endr
        add     r15, 4 * 36
        xor     edx, edx
        xor     esi, esi
        cmp     dword ptr [rdi + BF16], 0
        jne     1f
        pixels  load_f32
        jmp     2f
1:      pixels  load_bf16
2:      dec     rcx
        jnz     src_tile
        mov     [rsp + SRC_AT], r15

        mov     rax, [rdi + WEIGHTS]
        mov     [rsp + WEIGHTS_AT], rax
        mov     rax, [rdi + PANELS]
        mov     [rsp + PANELS_LEFT], rax
        mov     rax, [rdi + BIAS]
        mov     [rsp + BIAS_AT], rax
        mov     qword ptr [rsp + PANEL], 0
panel:  mov     rax, [rdi + SPACE]
        mov     [rsp + MATRIX], rax
        mov     rbx, [rdi + PRODUCTS]
        mov     qword ptr [rsp + MATRICES_LEFT], 36
        mov     rsi, rbp
matrix: mov     rax, [rsp + NOW]
        mov     [rsp + ROWS], rax
        mov     r14, [rsp + MATRIX]

# As many rows at a time as make shares alike.
share:  mov     rax, [rsp + ROWS]
        lea     rcx, [rax + MOST_ROWS - 1]
        mov     r15, rax
        imul    rcx, rcx, 4682          # 65536 / 14, rounded up
        shr     rcx, 16
        lea     rax, [r15 + rcx - 1]
        xor     edx, edx
        div     rcx
        sub     [rsp + ROWS], rax
        mov     r15, rax
        mov     r8, r14
        imul    rax, rsi
        add     r14, rax
        mov     r13, [rsp + WEIGHTS_AT]
        mov     rdx, rsi
        shr     rdx, 2
        lea     rax, [rip + multiplications]
        movsxd  rcx, dword ptr [rax + 4 * r15 - 4]
        add     rax, rcx
        call    rax
        shl     r15, 7
        add     rbx, r15
        cmp     qword ptr [rsp + ROWS], 0
        jne     share
        mov     [rsp + WEIGHTS_AT], r13
        mov     rax, [rsp + MATRIX_BYTES]
        add     [rsp + MATRIX], rax
        dec     qword ptr [rsp + MATRICES_LEFT]
        jnz     matrix

        constants
        constant zmm21, 0x3eb504f3
        constant zmm22, 0x403504f3
        vbroadcastss zmm23, [rdi + FLOOR]
        mov     rcx, [rsp + NOW]
        mov     r8, rcx
        shl     r8, 7
        lea     rbx, [r8 + 2 * r8]
        add     rbx, rbx
        lea     r9, [rbx + 2 * rbx]
        mov     r10, [rdi + PRODUCTS]
        mov     r15, [rsp + DST_AT]
        mov     rax, [rsp + BIAS_AT]
        vmovups zmm24, [rax]
        vmovups zmm25, [rax + 64]
        cmp     dword ptr [rdi + BF16], 0
        jne     1f
        results 4, add_f32, store_f32
        add     qword ptr [rsp + PANEL], 128
        jmp     2f
1:      results 2, add_bf16, store_bf16
        add     qword ptr [rsp + PANEL], 64
2:      add     qword ptr [rsp + BIAS_AT], 128
        dec     qword ptr [rsp + PANELS_LEFT]
        jnz     panel
        mov     [rsp + DST_AT], r15
        jmp     band

done:   vzeroupper
        mov     rsp, [rsp + OLD_STACK]
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret

        .macro one_more rows
multiply_\rows:
        multiply \rows
        .endm
        .irp    rows, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
        .balign 64
        one_more \rows
        .endr
        .balign 4
multiplications:
        .irp    rows, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
        .long   multiply_\rows - multiplications
        .endr
