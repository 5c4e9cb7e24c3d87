package dev.gatun.image;

import java.util.SplittableRandom;

/** Images drawn from a seed, with what photographs have: large areas of a colour, and noise. For timing, where no photographs are. */
public final class Blots {
    private static final int CELLS = 8;
    private static final int NOISE = 16;
    private static final int LEVELS = 256;

    private Blots() {}

    /**
     * Samples [size, size, channels]: colours at the corners of {@value #CELLS} x {@value #CELLS} cells, blended between them, and noise.
     *
     * @param seed draws the same image on every machine
     * @param size height and width in pixels
     */
    public static byte[] image(long seed, int size, int channels) {
        SplittableRandom random = new SplittableRandom(seed);
        int corners = CELLS + 1;
        double[] colours =
                random.doubles((long) corners * corners * channels, 0, LEVELS).toArray();
        byte[] samples = new byte[size * size * channels];
        for (int y = 0; y < size; y++) {
            int row = y * CELLS / size;
            double down = (double) y * CELLS / size - row;
            for (int x = 0; x < size; x++) {
                int column = x * CELLS / size;
                double right = (double) x * CELLS / size - column;
                for (int c = 0; c < channels; c++) {
                    int corner = (row * corners + column) * channels + c;
                    double above = blend(colours[corner], colours[corner + channels], right);
                    int under = corner + corners * channels;
                    double below = blend(colours[under], colours[under + channels], right);
                    double sample = blend(above, below, down) + random.nextInt(-NOISE, NOISE + 1);
                    samples[(y * size + x) * channels + c] = (byte) Math.clamp(Math.round(sample), 0, LEVELS - 1);
                }
            }
        }
        return samples;
    }

    private static double blend(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
