package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
    /** The letters of the stored image are abc over def; the expected rows are what EXIF's table says is upright. */
    @ParameterizedTest
    @CsvSource({
        "0, abc/def",
        "1, abc/def",
        "2, cba/fed",
        "3, fed/cba",
        "4, def/abc",
        "5, ad/be/cf",
        "6, da/eb/fc",
        "7, fc/eb/da",
        "8, cf/be/ad",
        "9, abc/def"
    })
    void turnsUpright(int code, String expected) {
        byte[] rgb = new byte[18];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) ("abcdef".charAt(i / 3) + 100 * (i % 3));
        }
        RgbImage upright = Orientation.ofCode(code).upright(new RgbImage(3, 2, rgb));
        StringBuilder rows = new StringBuilder();
        for (int y = 0; y < upright.height(); y++) {
            rows.append(y == 0 ? "" : "/");
            for (int x = 0; x < upright.width(); x++) {
                rows.append((char) upright.sample(x, y, 0));
                assertThat(upright.sample(x, y, 1)).isEqualTo(upright.sample(x, y, 0) + 100);
                assertThat(upright.sample(x, y, 2)).isEqualTo((upright.sample(x, y, 0) + 200) & 0xff);
            }
        }
        assertThat(rows).hasToString(expected);
    }

    @Test
    void malformedExifCountsAsNone() {
        byte[] jpeg = Drawn.bytes("exif-6.jpg");
        DecodeOptions upright = DecodeOptions.DEFAULT.withExifOrientation(true);
        assertThat(ImageDecoder.decode(jpeg, "a.jpg", upright).width()).isEqualTo(17);
        int tiff = new String(jpeg, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("Exif\0\0") + 6;
        for (int at : new int[] {tiff, tiff + 2, tiff + 4, tiff + 7, tiff + 12}) {
            byte[] damaged = jpeg.clone();
            damaged[at] ^= 0x55;
            assertThat(ImageDecoder.decode(damaged, "a.jpg", upright).width())
                    .as("byte " + at)
                    .isEqualTo(23);
        }
    }

    /** The eight files show one scene and were compressed apart, so they agree but for compression noise. */
    @ParameterizedTest
    @ValueSource(strings = {"Landscape", "Portrait"})
    void realFilesComeOutAlike(String scene) throws Exception {
        Path directory = Drawn.shared("odd-images").resolve("exif-orientation");
        DecodeOptions upright = DecodeOptions.DEFAULT.withExifOrientation(true);
        RgbImage first = ImageDecoder.decode(directory.resolve(scene + "_1.jpg"), upright);
        for (int code = 2; code <= 8; code++) {
            RgbImage other = ImageDecoder.decode(directory.resolve(scene + "_" + code + ".jpg"), upright);
            assertThat(other.width()).isEqualTo(first.width());
            assertThat(other.height()).isEqualTo(first.height());
            RgbImage a = new Resampler().resize(first, 60, 60, Interpolation.BILINEAR);
            RgbImage b = new Resampler().resize(other, 60, 60, Interpolation.BILINEAR);
            long difference = 0;
            for (int i = 0; i < a.rgb().length; i++) {
                difference += Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff));
            }
            assertThat((double) difference / a.rgb().length)
                    .as("orientation " + code)
                    .isLessThan(2);
        }
    }
}
