package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class MemoryDescTest {
    @Test
    void describesABlockedLayout() {
        try (MemoryDesc desc = MemoryDesc.of(DataType.F32, FormatTag.NCHW16C, 2, 19, 5, 7)) {
            assertThat(desc.dims()).containsExactly(2, 19, 5, 7);
            assertThat(desc.paddedDims()).containsExactly(2, 32, 5, 7);
            assertThat(desc.strides()).containsExactly(2 * 5 * 7 * 16, 5 * 7 * 16, 7 * 16, 16);
            assertThat(desc.size()).isEqualTo(2 * 32 * 5 * 7 * 4);
            assertThat(desc.elements()).isEqualTo(2 * 19 * 5 * 7);
            assertThat(desc.dataType()).isEqualTo(DataType.F32);
            assertThat(desc.matches(FormatTag.NCHW16C)).isTrue();
            assertThat(desc.matches(FormatTag.NHWC)).isFalse();
            assertThat(desc.matches(FormatTag.NC)).isFalse();
            assertThat(desc).hasToString("f32:aBcd16b 2x19x5x7");
        }
    }

    @Test
    void namesLayoutsInOneDnnsLetters() {
        try (MemoryDesc nhwc = MemoryDesc.of(DataType.BF16, FormatTag.NHWC, 1, 64, 56, 56);
                MemoryDesc any = MemoryDesc.of(DataType.U8, FormatTag.ANY, 3, 4);
                MemoryDesc vector = MemoryDesc.of(DataType.S32, FormatTag.X, 10)) {
            assertThat(nhwc).hasToString("bf16:acdb 1x64x56x56");
            assertThat(any).hasToString("u8:any 3x4");
            assertThat(any.isAny()).isTrue();
            assertThat(any.size()).isZero();
            assertThat(vector).hasToString("s32:a 10");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "ANY")
    void everyTagHasItsRank(FormatTag tag) {
        long[] dims = {2, 3, 4, 5, 6, 7};
        try (MemoryDesc desc = MemoryDesc.of(DataType.F32, tag, Arrays.copyOf(dims, tag.rank()))) {
            assertThat(desc.matches(tag)).isTrue();
            assertThat(desc.isBlocked()).isTrue();
        }
    }

    @Test
    void stridesAndTagsMakeEqualDescriptors() {
        try (MemoryDesc tagged = MemoryDesc.of(DataType.F32, FormatTag.NHWC, 2, 3, 4, 5);
                MemoryDesc strided =
                        MemoryDesc.ofStrides(DataType.F32, new long[] {2, 3, 4, 5}, new long[] {60, 1, 15, 3});
                MemoryDesc wider =
                        MemoryDesc.ofStrides(DataType.F32, new long[] {2, 3, 4, 5}, new long[] {80, 1, 20, 4})) {
            assertThat(strided.sameAs(tagged)).isTrue();
            assertThat(wider.sameAs(tagged)).isFalse();
        }
    }

    @Test
    void blobRestoresTheDescriptor() {
        try (MemoryDesc desc = MemoryDesc.of(DataType.BF16, FormatTag.NCHW16C, 2, 19, 5, 7);
                MemoryDesc restored = MemoryDesc.fromBlob(desc.blob())) {
            assertThat(restored.sameAs(desc)).isTrue();
            assertThat(restored.dims()).isEqualTo(desc.dims());
            assertThat(restored).hasToString(desc.toString());
        }
    }

    @Test
    void packedWeightsSurviveABlob() {
        ConvolutionCase c = ConvolutionCase.square(1, 4, 3, 5, 9, 3, 1, 1);
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = bench.stack.push(c.desc(
                    bench.desc(DataType.U8, FormatTag.ANY, c.src()),
                    bench.desc(DataType.S8, FormatTag.ANY, c.weights()),
                    null,
                    bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                    bench.attr()));
            MemoryDesc restored =
                    bench.stack.push(MemoryDesc.fromBlob(desc.weights().blob()));
            assertThat(restored.sameAs(desc.weights())).isTrue();
            assertThat(restored.size()).isEqualTo(desc.weights().size());
        }
    }

    @Test
    void rejectsABlobOfAnotherSize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.fromBlob(new byte[3]))
                .withMessageContaining("3 bytes instead of");
    }

    @Test
    void submemoryIsABoxInTheSameMemory() {
        try (Bench bench = new Bench()) {
            Memory whole = bench.tensor(bench.desc(DataType.F32, FormatTag.NHWC, 1, 4, 3, 3));
            whole.data().fill((byte) 0);
            MemoryDesc box = bench.stack.push(whole.desc().submemory(new long[] {1, 2, 2, 3}, new long[] {0, 1, 1, 0}));
            assertThat(box.offset()).isEqualTo(3 * 4 + 1);
            Memory part = bench.stack.push(Memory.of(bench.engine, box, whole.data()));
            bench.reorder(
                    bench.tensor(bench.plain(DataType.F32, 1, 2, 2, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), part);
            assertThat(bench.read(whole))
                    .containsExactly(
                            0, 0, 0, 0, 0, 0, 0, 0, 0, //
                            0, 0, 0, 1, 2, 3, 4, 5, 6, //
                            0, 0, 0, 7, 8, 9, 10, 11, 12, //
                            0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void rejectsABoxThatReachesOut() {
        try (MemoryDesc desc = MemoryDesc.of(DataType.F32, FormatTag.AB, 4, 4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> desc.submemory(new long[] {2, 2}, new long[] {0, 3}))
                    .withMessageContaining("does not lie inside f32:ab 4x4");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> desc.submemory(new long[] {2, 2}, new long[] {Long.MAX_VALUE, 0}));
        }
    }

    @Test
    void reshapeAndPermuteKeepTheMemory() {
        try (MemoryDesc pooled = MemoryDesc.of(DataType.F32, FormatTag.NHWC, 2, 512, 1, 1);
                MemoryDesc flat = pooled.reshape(2, 512);
                MemoryDesc matrix = MemoryDesc.of(DataType.F32, FormatTag.AB, 3, 5);
                MemoryDesc transposed = matrix.permuteAxes(1, 0)) {
            assertThat(flat.matches(FormatTag.NC)).isTrue();
            assertThat(transposed.dims()).containsExactly(5, 3);
            assertThat(transposed.matches(FormatTag.BA)).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> matrix.permuteAxes(0, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> matrix.permuteAxes(0));
        }
    }

    @Test
    void rejectsImpossibleShapes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.F32, FormatTag.NCHW, 1, 2, 3))
                .withMessageContaining("NCHW describes 4 dimensions, but there are 3: 1x2x3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.F32, FormatTag.AB, 1, -2))
                .withMessageContaining("negative dimension");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.F32, FormatTag.ANY))
                .withMessageContaining("1 to 12 dimensions");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.F32, FormatTag.ANY, new long[13]))
                .withMessageContaining("1 to 12 dimensions, not 13");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.F32, FormatTag.AB, Long.MAX_VALUE, 2))
                .withMessageContaining("too many elements");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.of(DataType.UNDEF, FormatTag.AB, 1, 2))
                .withMessageContaining("data type");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryDesc.ofStrides(DataType.F32, new long[] {2, 3}, new long[] {1L << 61, 1}))
                .withMessage("elements too far apart: 2x3 strides [2305843009213693952, 1]");
    }

    @Test
    void reorderWritesTheLayoutItSays() {
        // checked against the raw bytes, because every other test reads its results by a reorder
        try (Bench bench = new Bench()) {
            double[] values = Values.integers(2 * 19 * 3 * 5, -99, 99, 1);
            Memory nhwc = bench.tensor(bench.desc(DataType.F32, FormatTag.NHWC, 2, 19, 3, 5), values);
            Memory blocked = bench.tensor(bench.desc(DataType.F32, FormatTag.NCHW16C, 2, 19, 3, 5), values);
            Memory bytes = bench.tensor(bench.desc(DataType.S8, FormatTag.NCHW, 2, 19, 3, 5), values);
            int i = 0;
            for (int n = 0; n < 2; n++) {
                for (int c = 0; c < 19; c++) {
                    for (int s = 0; s < 15; s++) {
                        int atNhwc = (n * 15 + s) * 19 + c;
                        int atBlocked = ((n * 2 + c / 16) * 15 + s) * 16 + c % 16;
                        assertThat((double) nhwc.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, atNhwc))
                                .isEqualTo(values[i]);
                        assertThat((double) blocked.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, atBlocked))
                                .isEqualTo(values[i]);
                        assertThat((double) bytes.data().get(ValueLayout.JAVA_BYTE, i))
                                .isEqualTo(values[i]);
                        i++;
                    }
                }
            }
        }
    }
}
