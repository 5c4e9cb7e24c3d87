package dev.gatun.quantize;

/**
 * Chooses a threshold so that the distribution of the values, clipped there, loses the least information by being told in as many
 * levels as a grid has: Migacz, 8-bit Inference with TensorRT, GTC 2017, pages 38 to 40.
 */
final class RelativeEntropy {
    private static final int STEP = 8;

    private RelativeEntropy() {}

    static double threshold(Histogram histogram, boolean signed) {
        int levels = Grid.largest(signed);
        double best = Double.POSITIVE_INFINITY;
        int bestBins = Histogram.BINS;
        for (int bins = Histogram.BINS; bins >= levels; bins -= STEP) {
            double divergence = divergence(histogram, bins, levels);
            if (divergence < best) {
                best = divergence;
                bestBins = bins;
            }
        }
        return histogram.edge(bestBins);
    }

    /** KL(P || Q), P the first {@code bins} with all that lies beyond in the last, Q the same without it in {@code levels} levels. */
    private static double divergence(Histogram histogram, int bins, int levels) {
        double beyond = 0;
        double inside = 0;
        for (int bin = 0; bin < Histogram.BINS; bin++) {
            if (bin < bins) {
                inside += histogram.count(bin);
            } else {
                beyond += histogram.count(bin);
            }
        }
        double total = inside + beyond;
        if (inside == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double divergence = 0;
        for (int level = 0; level < levels; level++) {
            int from = (int) ((long) level * bins / levels);
            int to = (int) ((long) (level + 1) * bins / levels);
            double sum = 0;
            int filled = 0;
            for (int bin = from; bin < to; bin++) {
                sum += histogram.count(bin);
                filled += histogram.count(bin) > 0 ? 1 : 0;
            }
            for (int bin = from; bin < to; bin++) {
                double p = (histogram.count(bin) + (bin == bins - 1 ? beyond : 0)) / total;
                double q = filled == 0 ? 0 : sum / filled / inside;
                if (p > 0) {
                    // A bin that only clipped values fill has no q: as if half a value were there.
                    divergence += p * Math.log(p / Math.max(q, 0.5 / inside));
                }
            }
        }
        return divergence;
    }
}
