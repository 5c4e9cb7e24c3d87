package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {
    @ParameterizedTest
    @CsvSource({
        "500, 375, 341, 256", // 341.33
        "375, 500, 256, 341",
        "256, 256, 256, 256",
        "33, 700, 256, 5430", // 5430.3
        "1280, 960, 341, 256",
        "97, 61, 407, 256",
        "256, 300, 256, 300"
    })
    void resizesTheShorterSideAndRoundsTheOtherDown(int width, int height, int toWidth, int toHeight) {
        Preprocessing resize = Preprocessing.square(256, 0, Interpolation.BILINEAR, Normalization.UNIT);
        assertThat(resize.outputWidth(width, height)).isEqualTo(toWidth);
        assertThat(resize.outputHeight(width, height)).isEqualTo(toHeight);
        assertThat(Preprocessing.IMAGENET.outputWidth(width, height)).isEqualTo(224);
        assertThat(Preprocessing.none(Normalization.UNIT).outputWidth(width, height))
                .isEqualTo(width);
    }

    /** Python: int(round((side - crop) / 2.0)), and (crop - side) // 2 zeros before a side that is too short. */
    @ParameterizedTest
    @CsvSource({
        "341, 224, 58", // 58.5 to even
        "343, 224, 60", // 59.5 to even
        "256, 224, 16",
        "224, 224, 0",
        "225, 224, 0", // 0.5 to even
        "227, 224, 2", // 1.5 to even
        "223, 224, 0",
        "221, 224, -1",
        "220, 224, -2"
    })
    void cropsTheCentreWithPythonsRounding(int side, int crop, int start) {
        assertThat(Preprocessing.cropStart(side, crop)).isEqualTo(start);
    }

    @Test
    void normalizesInFloat32() {
        assertThat(Normalization.IMAGENET.apply(200, 1)).isEqualTo((200f / 255f - 0.456f) / 0.224f);
        assertThat(Normalization.UNIT.apply(51, 0)).isEqualTo(0.2f);
        assertThat(Normalization.MINUS_ONE_TO_ONE.apply(0, 2)).isEqualTo(-1f);
        assertThat(Normalization.MINUS_ONE_TO_ONE.apply(255, 2)).isEqualTo(1f);
        assertThat(Normalization.CAFFE.apply(10, 0)).isEqualTo(10 - 103.939f);
        float[][] tables = Normalization.IMAGENET.tables();
        for (int c = 0; c < 3; c++) {
            assertThat(tables[c]).hasSize(256);
            for (int v = 0; v < 256; v++) {
                assertThat(tables[c][v]).isEqualTo(Normalization.IMAGENET.apply(v, c));
            }
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        List<Float> zeros = List.of(0f, 0f, 0f);
        List<Float> ones = List.of(1f, 1f, 1f);
        assertThatIllegalArgumentException().isThrownBy(() -> Normalization.rgb(List.of(0f), ones));
        assertThatIllegalArgumentException().isThrownBy(() -> Normalization.rgb(zeros, zeros));
        assertThatIllegalArgumentException().isThrownBy(() -> Normalization.rgb(List.of(0f, 0f, Float.NaN), ones));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Normalization(ChannelOrder.RGB, 0f, zeros, ones))
                .withMessageContaining("divisor 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Preprocessing(256, 224, 0, Interpolation.BILINEAR, Normalization.UNIT))
                .withMessageContaining("crop of 0x224");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Preprocessing.square(-1, 224, Interpolation.BILINEAR, Normalization.UNIT));
        assertThatIllegalArgumentException().isThrownBy(() -> new DecodeLimits(0, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new DecodeLimits(1, 1, 1L << 40, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RgbImage(2, 2, new byte[11]));
        assertThatIllegalArgumentException().isThrownBy(() -> new RgbImage(0, 2, new byte[0]));
    }
}
