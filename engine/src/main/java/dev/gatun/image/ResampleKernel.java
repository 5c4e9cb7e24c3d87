package dev.gatun.image;

/**
 * The weights of one pass of a resize, for the output positions {@code from} to {@code to}: Pillow's precompute_coeffs
 * and normalize_coeffs_8bpc (Resample.c), whose double and fixed-point arithmetic it repeats operation for operation.
 * Immutable.
 */
final class ResampleKernel {
    /** Pillow's {@code 32 - 8 - 2}: room for the sample, and for cubic weights that overshoot. */
    static final int PRECISION_BITS = 22;

    private final int in;
    private final int out;
    private final int from;
    private final int to;
    private final Interpolation interpolation;
    private final int[] starts;
    private final int[] counts;
    private final int[] weights;
    private final int stride;

    ResampleKernel(int in, int out, int from, int to, Interpolation interpolation) {
        this.in = in;
        this.out = out;
        this.from = from;
        this.to = to;
        this.interpolation = interpolation;
        double scale = (double) in / out;
        double filterScale = Math.max(scale, 1);
        double support = interpolation.support() * filterScale;
        double perPixel = 1 / filterScale;
        this.stride = (int) Math.ceil(support) * 2 + 1;
        this.starts = new int[to - from];
        this.counts = new int[to - from];
        this.weights = new int[Math.multiplyExact(to - from, stride)];
        double[] exact = new double[stride];
        for (int i = 0; i < to - from; i++) {
            double center = (from + i + 0.5) * scale;
            int first = Math.max((int) (center - support + 0.5), 0);
            int count = Math.min((int) (center + support + 0.5), in) - first;
            double sum = 0;
            for (int tap = 0; tap < count; tap++) {
                exact[tap] = interpolation.weight((tap + first - center + 0.5) * perPixel);
                sum += exact[tap];
            }
            for (int tap = 0; tap < count; tap++) {
                double weight = sum == 0 ? exact[tap] : exact[tap] / sum;
                weights[i * stride + tap] = (int) ((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS));
            }
            starts[i] = first;
            counts[i] = count;
        }
    }

    boolean isFor(int in, int out, int from, int to, Interpolation interpolation) {
        return this.in == in
                && this.out == out
                && this.from == from
                && this.to == to
                && this.interpolation == interpolation;
    }

    /** The number of output positions. */
    int size() {
        return starts.length;
    }

    /** The first source position that output {@code i} (counted from {@code from}) reads. */
    int start(int i) {
        return starts[i];
    }

    /** How many source positions it reads. */
    int count(int i) {
        return counts[i];
    }

    /** Where its weights start in {@link #weights()}. */
    int weightsAt(int i) {
        return i * stride;
    }

    /** All weights, of {@link #PRECISION_BITS} fractional bits; not to be written to. */
    int[] weights() {
        return weights;
    }

    /** The first source position that any output reads. */
    int firstRead() {
        return starts[0];
    }

    /** One past the last source position that any output reads. */
    int endRead() {
        return starts[starts.length - 1] + counts[counts.length - 1];
    }
}
