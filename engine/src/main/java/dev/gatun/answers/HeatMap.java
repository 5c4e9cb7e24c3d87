package dev.gatun.answers;

import dev.gatun.image.RgbImage;

/** A number for each place of a coarse grid over an image, rows from the top. Immutable. */
public final class HeatMap {
    /** ITU-R BT.601, as Pillow's {@code convert("L")}: what a sample of red, green and blue adds to the grey. */
    private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

    private final int height;
    private final int width;
    private final float[] values;

    /**
     * A map of these values, copied.
     *
     * @param values row-major, {@code height * width} finite numbers
     */
    public HeatMap(int height, int width, float... values) {
        if (height < 1 || width < 1 || values.length != Math.multiplyExact(height, width)) {
            throw new IllegalArgumentException(
                    values.length + " values, expected those of a map of " + height + "x" + width);
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("a value is " + value + ", expected finite numbers");
            }
        }
        this.height = height;
        this.width = width;
        this.values = values.clone();
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** The value at column {@code x} of row {@code y}. */
    public float at(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("(" + x + ", " + y + ") of a map of " + height + "x" + width);
        }
        return values[y * width + x];
    }

    /** The same map with 0 for its least value and 1 for its greatest; 0 everywhere if they are the same. */
    public HeatMap normalized() {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        double range = (double) greatest - least;
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length && range > 0; i++) {
            scaled[i] = (float) (((double) values[i] - least) / range);
        }
        return new HeatMap(height, width, scaled);
    }

    /**
     * The map on a finer grid: bilinear between the centres of places, as torch's {@code interpolate} with {@code align_corners=False};
     * what is beyond the outermost centres has their value.
     */
    public HeatMap resized(int toHeight, int toWidth) {
        if (toHeight < 1 || toWidth < 1) {
            throw new IllegalArgumentException("size of " + toHeight + "x" + toWidth + ", expected at least 1x1");
        }
        float[] finer = new float[Math.multiplyExact(toHeight, toWidth)];
        for (int y = 0; y < toHeight; y++) {
            double sourceY = centre(y, toHeight, height);
            int top = (int) sourceY;
            int bottom = Math.min(top + 1, height - 1);
            for (int x = 0; x < toWidth; x++) {
                double sourceX = centre(x, toWidth, width);
                int left = (int) sourceX;
                int right = Math.min(left + 1, width - 1);
                double above = between(at(left, top), at(right, top), sourceX - left);
                double below = between(at(left, bottom), at(right, bottom), sourceX - left);
                finer[y * toWidth + x] = (float) between(above, below, sourceY - top);
            }
        }
        return new HeatMap(toHeight, toWidth, finer);
    }

    private static double centre(int at, int size, int sourceSize) {
        return Math.clamp((at + 0.5) * sourceSize / size - 0.5, 0, sourceSize - 1);
    }

    private static double between(double first, double second, double share) {
        return first + (second - first) * share;
    }

    /**
     * A picture in grey, so that it has no colours of its own, under the colours of this map, normalised and resized.
     *
     * @param opacity of the colours, 0 to 1
     */
    public RgbImage over(RgbImage picture, double opacity) {
        if (!(opacity >= 0 && opacity <= 1)) {
            throw new IllegalArgumentException("opacity is " + opacity + ", expected 0 to 1");
        }
        HeatMap heat = normalized().resized(picture.height(), picture.width());
        byte[] rgb = new byte[picture.rgb().length];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                float grey = 0;
                for (int c = 0; c < RgbImage.CHANNELS; c++) {
                    grey += LUMA[c] * picture.sample(x, y, c);
                }
                int colour = HeatColours.of(heat.at(x, y));
                for (int c = 0; c < RgbImage.CHANNELS; c++) {
                    int sample = (colour >> ((2 - c) * Byte.SIZE)) & 0xff;
                    rgb[(y * picture.width() + x) * RgbImage.CHANNELS + c] =
                            (byte) Math.round(between(grey, sample, opacity));
                }
            }
        }
        return new RgbImage(picture.width(), picture.height(), rgb);
    }
}
