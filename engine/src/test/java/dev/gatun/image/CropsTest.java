package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CropsTest {
    private static final int WIDTH = 7;
    private static final int HEIGHT = 5;

    /** Red counts columns, green rows. */
    private static final RgbImage IMAGE = counted();

    private final Preprocessor preprocessor =
            new Preprocessor(Preprocessing.square(0, 3, Interpolation.BILINEAR, Normalization.IMAGENET));

    @Test
    void areFourCornersAndTheCentreThenTheirMirrorImages() {
        List<RgbImage> crops = preprocessor.crops(IMAGE, Crops.TEN);
        int[][] corners = {{0, 0}, {4, 0}, {0, 2}, {4, 2}, {2, 1}};
        assertThat(crops).hasSize(10);
        for (int i = 0; i < 5; i++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 3; x++) {
                    assertThat(crops.get(i).sample(x, y, 0)).isEqualTo(corners[i][0] + x);
                    assertThat(crops.get(i).sample(x, y, 1)).isEqualTo(corners[i][1] + y);
                    assertThat(crops.get(i + 5).sample(2 - x, y, 0)).isEqualTo(corners[i][0] + x);
                    assertThat(crops.get(i + 5).sample(2 - x, y, 1)).isEqualTo(corners[i][1] + y);
                }
            }
        }
    }

    @Test
    void areOfTheResizedImage() {
        Preprocessor resizing =
                new Preprocessor(Preprocessing.square(8, 8, Interpolation.BILINEAR, Normalization.IMAGENET));
        RgbImage resized = new Resampler().resize(IMAGE, 11, 8, Interpolation.BILINEAR);
        List<RgbImage> crops = resizing.crops(IMAGE, Crops.TEN);
        assertThat(crops.get(0).sample(7, 7, 0)).isEqualTo(resized.sample(7, 7, 0));
        assertThat(crops.get(1).sample(0, 7, 0)).isEqualTo(resized.sample(3, 7, 0));
        assertThat(crops.get(4)).isEqualTo(resizing.resizeAndCrop(IMAGE));
        assertThat(resizing.crops(IMAGE, Crops.ONE)).containsExactly(crops.get(4));
    }

    @Test
    void needRoom() {
        Preprocessor wide =
                new Preprocessor(Preprocessing.square(0, 6, Interpolation.BILINEAR, Normalization.IMAGENET));
        assertThatThrownBy(() -> wide.crops(IMAGE, Crops.TEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ten crops of 6x6 of an image of 7x5, expected crops that it has room for");
        assertThat(wide.crops(IMAGE, Crops.ONE)).hasSize(1);
    }

    private static RgbImage counted() {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            rgb[3 * i] = (byte) (i % WIDTH);
            rgb[3 * i + 1] = (byte) (i / WIDTH);
        }
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }
}
