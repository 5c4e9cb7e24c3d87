package dev.gatun.quantize;

/**
 * How far values are from what they should be.
 *
 * @param signal sum of the squares of the values expected
 * @param noise sum of the squares of the differences
 */
record Noise(double signal, double noise) {
    static final Noise NONE = new Noise(0, 0);

    private static final double DECIBELS = 10;

    static Noise of(float[] expected, float[] actual, int count) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < count; i++) {
            double difference = expected[i] - actual[i];
            signal += (double) expected[i] * expected[i];
            noise += difference * difference;
        }
        return new Noise(signal, noise);
    }

    Noise plus(Noise other) {
        return new Noise(signal + other.signal, noise + other.noise);
    }

    /** The ratio of signal to noise in decibels; infinite without noise. */
    double decibels() {
        return noise == 0 ? Double.POSITIVE_INFINITY : DECIBELS * Math.log10(signal / noise);
    }
}
