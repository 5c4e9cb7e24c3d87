package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.image.RgbImage;
import org.junit.jupiter.api.Test;

class HeatMapTest {
    /** torch.nn.functional.interpolate([[0, 4], [8, 12]], size=4, mode="bilinear"): quarters between the centres. */
    @Test
    void interpolatesBetweenTheCentresOfPlaces() {
        HeatMap finer = new HeatMap(2, 2, 0, 4, 8, 12).resized(4, 4);
        float[][] expected = {{0, 1, 3, 4}, {2, 3, 5, 6}, {6, 7, 9, 10}, {8, 9, 11, 12}};
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                assertThat(finer.at(x, y)).isEqualTo(expected[y][x]);
            }
        }
    }

    @Test
    void normalizesToTheUnitInterval() {
        HeatMap heat = new HeatMap(1, 3, -2, 0, 6).normalized();
        assertThat(new float[] {heat.at(0, 0), heat.at(1, 0), heat.at(2, 0)}).containsExactly(0, 0.25f, 1);
        assertThat(new HeatMap(1, 2, 5, 5).normalized().at(1, 0)).isZero();
    }

    @Test
    void coversAGreyPictureWithItsColours() {
        RgbImage red = new RgbImage(2, 1, new byte[] {(byte) 255, 0, 0, (byte) 255, 0, 0});
        HeatMap heat = new HeatMap(1, 2, 0, 1);
        assertThat(heat.over(red, 0).rgb()).containsOnly(76); // 0.299 of 255
        RgbImage opaque = heat.over(red, 1);
        for (int x = 0; x < 2; x++) {
            for (int c = 0; c < 3; c++) {
                assertThat(opaque.sample(x, 0, c)).isEqualTo((HeatColours.of(x) >> (8 * (2 - c))) & 0xff);
            }
        }
        RgbImage half = heat.over(red, 0.5);
        assertThat(half.sample(1, 0, 0)).isCloseTo((76 + opaque.sample(1, 0, 0)) / 2, within(1));
    }

    /** CIE L* of each colour, from its luminance. */
    @Test
    void coloursGrowLighterEvenly() {
        double[] lightness = new double[256];
        for (int i = 0; i < 256; i++) {
            lightness[i] = lightness(HeatColours.of(i / 255f));
        }
        for (int i = 16; i < 256; i++) {
            assertThat(lightness[i] - lightness[i - 16]).as("L* of %s", i).isBetween(2.0, 8.5);
        }
        assertThat(lightness[0]).isLessThan(15);
        assertThat(lightness[255]).isGreaterThan(90);
        assertThat(HeatColours.of(-1)).isEqualTo(HeatColours.of(0));
        assertThat(HeatColours.of(2)).isEqualTo(HeatColours.of(1));
    }

    private static double lightness(int rgb) {
        double luminance = 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
        return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
    }

    private static double linear(int sample) {
        double value = (sample & 0xff) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    @Test
    void refusesWhatIsNoMap() {
        assertThatThrownBy(() -> new HeatMap(2, 2, 1, 2, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeatMap(1, 1, Float.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeatMap(1, 1, 1).over(Pictures.blocks(4, 4, 1), 1.5))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeatMap(1, 1, 1).at(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
