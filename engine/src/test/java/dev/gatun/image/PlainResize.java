package dev.gatun.image;

import java.util.function.DoubleUnaryOperator;

/**
 * Pillow's resize by its definition, written without regard to speed and apart from the code it checks: for each output
 * sample the filter is evaluated at every source position in double, normalised to 1, rounded to 22 fractional bits,
 * and the sum is rounded and clipped to 8 bits; rows first, then columns; an extent that stays has no pass.
 */
final class PlainResize {
    private static final double ONE = 1 << 22;

    private PlainResize() {}

    static RgbImage resize(RgbImage image, int width, int height, Interpolation interpolation) {
        boolean cubic = interpolation == Interpolation.BICUBIC;
        RgbImage wide = image;
        if (width != image.width()) {
            byte[] rgb = new byte[width * image.height() * 3];
            for (int x = 0; x < width; x++) {
                long[] weights = weights(image.width(), width, x, cubic);
                for (int y = 0; y < image.height(); y++) {
                    for (int c = 0; c < 3; c++) {
                        long sum = 0;
                        for (int i = 0; i < weights.length; i++) {
                            sum += weights[i] * image.sample(i, y, c);
                        }
                        rgb[(y * width + x) * 3 + c] = rounded(sum);
                    }
                }
            }
            wide = new RgbImage(width, image.height(), rgb);
        }
        if (height == image.height()) {
            return wide;
        }
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            long[] weights = weights(image.height(), height, y, cubic);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    long sum = 0;
                    for (int i = 0; i < weights.length; i++) {
                        sum += weights[i] * wide.sample(x, i, c);
                    }
                    rgb[(y * width + x) * 3 + c] = rounded(sum);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private static byte rounded(long sum) {
        return (byte) Math.max(0, Math.min(255, Math.floorDiv(sum + (1 << 21), 1 << 22)));
    }

    /** One weight for each source position, 0 outside the window. */
    private static long[] weights(int in, int out, int position, boolean cubic) {
        double stretch = Math.max(1.0, (double) in / out);
        double center = (position + 0.5) * ((double) in / out);
        double reach = (cubic ? 2 : 1) * stretch;
        int from = (int) Math.max(0, Math.floor(center - reach + 0.5));
        int to = (int) Math.min(in, Math.floor(center + reach + 0.5));
        DoubleUnaryOperator filter = cubic ? PlainResize::keys : PlainResize::triangle;
        double[] exact = new double[in];
        double total = 0;
        for (int i = from; i < to; i++) {
            exact[i] = filter.applyAsDouble(Math.abs((i + 0.5 - center) / stretch));
            total += exact[i];
        }
        long[] fixed = new long[in];
        for (int i = from; i < to; i++) {
            double weight = exact[i] / total * ONE;
            fixed[i] = (long) Math.signum(weight) * (long) Math.floor(Math.abs(weight) + 0.5);
        }
        return fixed;
    }

    private static double triangle(double x) {
        return Math.max(0, 1 - x);
    }

    /** Keys 1981, equation 4 with a = -1/2. */
    private static double keys(double x) {
        if (x < 1) {
            return 1.5 * x * x * x - 2.5 * x * x + 1;
        }
        return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
    }
}
