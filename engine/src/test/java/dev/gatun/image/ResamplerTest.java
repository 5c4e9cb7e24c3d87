package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResamplerTest {
    private final Resampler resampler = new Resampler();

    /** CRC-32s of what Pillow 11.3 makes of the pattern. */
    @ParameterizedTest
    @CsvSource({
        "23, 17, 8, 5, BILINEAR, 87b6f72c",
        "23, 17, 8, 5, BICUBIC, c32e0b99",
        "23, 17, 40, 31, BILINEAR, 9a5faff2",
        "23, 17, 40, 31, BICUBIC, 50931a66",
        "23, 17, 23, 5, BILINEAR, 293708d3",
        "23, 17, 23, 5, BICUBIC, 335939af",
        "23, 17, 9, 17, BILINEAR, 51ec15e8",
        "23, 17, 9, 17, BICUBIC, 2fece91e",
        "23, 17, 23, 17, BILINEAR, ae99015a",
        "23, 17, 23, 17, BICUBIC, ae99015a",
        "1, 1, 4, 3, BILINEAR, 34d65290",
        "1, 1, 4, 3, BICUBIC, 34d65290",
        "64, 48, 1, 1, BILINEAR, 5b6b248b",
        "64, 48, 1, 1, BICUBIC, 76d7ed14",
        "3, 200, 7, 11, BILINEAR, 40e55a3a",
        "3, 200, 7, 11, BICUBIC, 0003d30d",
        "200, 3, 11, 7, BILINEAR, 32af3956",
        "200, 3, 11, 7, BICUBIC, 35bd2e68",
        "97, 61, 32, 32, BILINEAR, 307ce8c7",
        "97, 61, 32, 32, BICUBIC, 1d96087b"
    })
    void resizesToPillowsBytes(int w, int h, int toW, int toH, Interpolation interpolation, String crc) {
        RgbImage resized = resampler.resize(Drawn.pattern(w, h), toW, toH, interpolation);
        assertThat(Drawn.crc32(resized)).isEqualTo(Drawn.hex(crc));
    }

    @ParameterizedTest
    @EnumSource
    void matchesThePlainDefinition(Interpolation interpolation) {
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            RgbImage noise = noise(1 + random.nextInt(50), 1 + random.nextInt(50), random);
            int width = 1 + random.nextInt(60);
            int height = 1 + random.nextInt(60);
            assertThat(resampler.resize(noise, width, height, interpolation))
                    .as(noise + " to " + width + "x" + height)
                    .isEqualTo(PlainResize.resize(noise, width, height, interpolation));
        }
    }

    /** Pillow's own bytes for the 5x4 pattern, the definition's witness. */
    @Test
    void thePlainDefinitionIsPillows() {
        RgbImage image = Drawn.pattern(5, 4);
        assertThat(PlainResize.resize(image, 3, 2, Interpolation.BILINEAR).rgb())
                .containsExactly(12, 71, 130, 26, 86, 145, 42, 101, 161, 29, 89, 148, 44, 105, 166, 60, 122, 184);
        assertThat(PlainResize.resize(image, 3, 2, Interpolation.BICUBIC).rgb())
                .containsExactly(9, 69, 128, 24, 84, 144, 40, 100, 160, 30, 89, 149, 46, 106, 167, 62, 125, 187);
    }

    @ParameterizedTest
    @EnumSource
    void aRegionHasTheBytesOfTheWhole(Interpolation interpolation) {
        Random random = new Random(8);
        int[][] sizes = {{20, 31}, {80, 64}, {47, 31}, {20, 39}, {47, 39}, {1, 1}};
        RgbImage image = noise(47, 39, random);
        for (int[] size : sizes) {
            RgbImage whole = resampler.resize(image, size[0], size[1], interpolation);
            for (int i = 0; i < 20; i++) {
                int left = random.nextInt(size[0]);
                int top = random.nextInt(size[1]);
                Region region =
                        new Region(left, top, 1 + random.nextInt(size[0] - left), 1 + random.nextInt(size[1] - top));
                int stride = region.width() * 3 + 5;
                byte[] part = new byte[7 + region.height() * stride];
                resampler.resize(image, size[0], size[1], interpolation, region, part, 7, stride);
                for (int y = 0; y < region.height(); y++) {
                    for (int x = 0; x < region.width() * 3; x++) {
                        int expected = whole.rgb()[((top + y) * size[0] + left) * 3 + x];
                        assertThat(part[7 + y * stride + x])
                                .as("%s of %s", region, whole)
                                .isEqualTo((byte) expected);
                    }
                    for (int x = region.width() * 3; x < stride; x++) {
                        assertThat(part[7 + y * stride + x]).isZero();
                    }
                }
            }
        }
    }

    @Test
    void overshootIsClippedNotWrapped() {
        byte[] edge = new byte[8 * 3];
        java.util.Arrays.fill(edge, 12, 24, (byte) 255);
        RgbImage wide = resampler.resize(new RgbImage(8, 1, edge), 40, 1, Interpolation.BICUBIC);
        for (int x = 1; x < 40; x++) {
            assertThat(wide.sample(x, 0, 0) - wide.sample(x - 1, 0, 0)).isGreaterThan(-60);
        }
        assertThat(wide.sample(0, 0, 0)).isZero();
        assertThat(wide.sample(39, 0, 0)).isEqualTo(255);
    }

    @Test
    void refusesSizesThatDoNotExist() {
        RgbImage image = Drawn.pattern(4, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> resampler.resize(image, 0, 3, Interpolation.BILINEAR));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resampler.resize(image, 60_000, 60_000, Interpolation.BILINEAR))
                .withMessageContaining("60000x60000");
    }

    private static RgbImage noise(int width, int height, Random random) {
        byte[] rgb = new byte[width * height * 3];
        random.nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }
}
