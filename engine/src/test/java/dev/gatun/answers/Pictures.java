package dev.gatun.answers;

import dev.gatun.image.RgbImage;
import java.util.SplittableRandom;

/** Images that are drawn from a seed. */
final class Pictures {
    private Pictures() {}

    /** Blocks of colour, which a network makes more of than of noise. */
    static RgbImage blocks(int width, int height, long seed) {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        SplittableRandom random = new SplittableRandom(seed);
        int[] colours = random.ints(64 * RgbImage.CHANNELS, 0, 256).toArray();
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / RgbImage.CHANNELS;
            int block = pixel / width * 8 / height * 8 + pixel % width * 8 / width;
            rgb[i] = (byte) colours[block * RgbImage.CHANNELS + i % RgbImage.CHANNELS];
        }
        return new RgbImage(width, height, rgb);
    }
}
