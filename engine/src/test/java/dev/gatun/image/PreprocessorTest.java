package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatun.spec.InputFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PreprocessorTest {
    private static final byte GUARD = 0x5a;

    private static final Preprocessing SMALL =
            new Preprocessing(20, 16, 18, Interpolation.BILINEAR, Normalization.IMAGENET);

    @ParameterizedTest
    @CsvSource({"40, 31", "31, 40", "20, 20", "23, 20", "20, 25", "7, 90", "18, 16"})
    void cropIsCutFromTheResizedImage(int width, int height) {
        RgbImage image = Drawn.pattern(width, height);
        int resizedWidth = SMALL.resizedExtent(width, height);
        int resizedHeight = SMALL.resizedExtent(height, width);
        RgbImage resized = PlainResize.resize(image, resizedWidth, resizedHeight, Interpolation.BILINEAR);
        RgbImage cropped = new Preprocessor(SMALL).resizeAndCrop(image);
        assertThat(cropped.width()).isEqualTo(18);
        assertThat(cropped.height()).isEqualTo(16);
        int left = Preprocessing.cropStart(resizedWidth, 18);
        int top = Preprocessing.cropStart(resizedHeight, 16);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 18; x++) {
                assertThat(cropped.sample(x, y, 1)).isEqualTo(resized.sample(left + x, top + y, 1));
            }
        }
    }

    @Test
    void padsWhatIsSmallerThanTheCropWithBlack() {
        RgbImage image = Drawn.pattern(5, 9);
        Preprocessor preprocessor =
                new Preprocessor(new Preprocessing(0, 6, 8, Interpolation.BILINEAR, Normalization.UNIT));
        preprocessor.apply(Drawn.pattern(50, 50), InputFormat.U8_NHWC, MemorySegment.ofArray(new byte[144]), 0);
        byte[] out = new byte[144];
        preprocessor.apply(image, InputFormat.U8_NHWC, MemorySegment.ofArray(out), 0);
        RgbImage padded = new RgbImage(8, 6, out);
        assertThat(padded).isEqualTo(preprocessor.resizeAndCrop(image));
        // 8 - 5 = 3: one column before, two after; (9 - 6) / 2 = 1.5 rounds to row 2
        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 8; x++) {
                boolean inside = x >= 1 && x < 6;
                for (int c = 0; c < 3; c++) {
                    assertThat(padded.sample(x, y, c)).isEqualTo(inside ? image.sample(x - 1, y + 2, c) : 0);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesTheFormatInsideItsBytesOnly(InputFormat format) {
        RgbImage image = Drawn.pattern(6, 5);
        for (ChannelOrder order : ChannelOrder.values()) {
            Normalization normalization =
                    new Normalization(order, 255f, Normalization.IMAGENET.mean(), Normalization.IMAGENET.std());
            Preprocessor preprocessor = new Preprocessor(Preprocessing.none(normalization));
            long bytes = TensorWriter.imageBytes(format, 6, 5);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment dst = arena.allocate(bytes + 20).fill(GUARD);
                preprocessor.apply(image, format, dst, 7);
                for (int c = 0; c < 3; c++) {
                    for (int y = 0; y < 5; y++) {
                        for (int x = 0; x < 6; x++) {
                            int sample = image.sample(x, y, order == ChannelOrder.RGB ? c : 2 - c);
                            long index = format.planar() ? (c * 5 + y) * 6L + x : (y * 6 + x) * 3L + c;
                            assertThat(element(dst, format, 7 + index * format.elementBytes()))
                                    .isEqualTo(format.elementBytes() == 1 ? sample : normalization.apply(sample, c));
                        }
                    }
                }
                assertThat(dst.asSlice(0, 7).toArray(ValueLayout.JAVA_BYTE)).containsOnly(GUARD);
                assertThat(dst.asSlice(7 + bytes).toArray(ValueLayout.JAVA_BYTE))
                        .containsOnly(GUARD);
                byte[] heap = new byte[(int) bytes + 20];
                preprocessor.write(image, format, MemorySegment.ofArray(heap), 7);
                assertThat(MemorySegment.ofArray(heap).asSlice(7, bytes).mismatch(dst.asSlice(7, bytes)))
                        .isEqualTo(-1);
            }
        }
    }

    private static float element(MemorySegment segment, InputFormat format, long at) {
        return format.elementBytes() == 1
                ? segment.get(ValueLayout.JAVA_BYTE, at) & 0xff
                : segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
    }

    @ParameterizedTest
    @EnumSource
    void refusesSegmentsThatDoNotHoldTheImage(InputFormat format) {
        Preprocessor preprocessor = new Preprocessor(SMALL);
        RgbImage image = Drawn.pattern(40, 30);
        byte[] dst = new byte[(int) TensorWriter.imageBytes(format, 18, 16)];
        MemorySegment segment = MemorySegment.ofArray(dst);
        for (long offset : new long[] {-1, 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> preprocessor.apply(image, format, segment, offset))
                    .withMessageContaining("18x16 takes " + dst.length + " bytes at offset " + offset);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> preprocessor.apply(image, format, segment.asReadOnly(), 0))
                .withMessageContaining("read-only");
        assertThat(dst).containsOnly(0);
    }

    @Test
    void cifarImagesStayAsTheyAre() {
        Preprocessor cifar = new Preprocessor(Preprocessing.cifar(Normalization.UNIT));
        RgbImage image = Drawn.pattern(32, 32);
        assertThat(cifar.resizeAndCrop(image)).isEqualTo(image);
        assertThat(cifar.resizeAndCrop(Drawn.pattern(100, 70)).width()).isEqualTo(32);
    }
}
