package dev.gatun.answers;

/**
 * Colours for numbers from 0 to 1. Perceived lightness rises evenly with the number, so that equal steps look equal and the order is seen in
 * grey and by the colour-blind; the hue turns from blue over red to yellow. Made in Oklab (Ottosson 2020, bottosson.github.io/posts/oklab).
 */
final class HeatColours {
    private static final int STEPS = 256;

    private static final double DARKEST = 0.20;
    private static final double LIGHTEST = 0.95;
    private static final double FIRST_HUE = Math.toRadians(-85);
    private static final double LAST_HUE = Math.toRadians(105);
    private static final double MOST_CHROMA = 0.19;
    private static final int HALVINGS = 24;

    private static final int[] COLOURS = colours();

    private HeatColours() {}

    /** sRGB as 0xRRGGBB of a value, which is taken as 0 or 1 if it is beyond. */
    static int of(float value) {
        return COLOURS[Math.clamp(Math.round(value * (STEPS - 1)), 0, STEPS - 1)];
    }

    private static int[] colours() {
        int[] colours = new int[STEPS];
        for (int i = 0; i < STEPS; i++) {
            double share = (double) i / (STEPS - 1);
            double lightness = DARKEST + (LIGHTEST - DARKEST) * share;
            double hue = FIRST_HUE + (LAST_HUE - FIRST_HUE) * share;
            colours[i] = encode(linear(lightness, chroma(lightness, hue), hue));
        }
        return colours;
    }

    /** The greatest chroma up to the limit that sRGB has at this lightness and hue. */
    private static double chroma(double lightness, double hue) {
        double inside = 0;
        double outside = MOST_CHROMA;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (inside + outside) / 2;
            boolean shown = true;
            for (double sample : linear(lightness, middle, hue)) {
                shown &= sample >= 0 && sample <= 1;
            }
            inside = shown ? middle : inside;
            outside = shown ? outside : middle;
        }
        return inside;
    }

    /** Oklab to linear sRGB, with Ottosson's matrices. */
    private static double[] linear(double lightness, double chroma, double hue) {
        double a = chroma * Math.cos(hue);
        double b = chroma * Math.sin(hue);
        double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return new double[] {
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        };
    }

    private static double cube(double value) {
        return value * value * value;
    }

    private static int encode(double... linear) {
        int rgb = 0;
        for (double sample : linear) {
            rgb = (rgb << Byte.SIZE) | (int) Math.round(gamma(Math.clamp(sample, 0, 1)) * 0xff);
        }
        return rgb;
    }

    /** The transfer function of sRGB, IEC 61966-2-1. */
    private static double gamma(double sample) {
        return sample <= 0.0031308 ? 12.92 * sample : 1.055 * Math.pow(sample, 1 / 2.4) - 0.055;
    }
}
