package dev.gatun.quantize;

/** Sums over all pixels of each channel. Not thread-safe. */
final class ChannelSums {
    private final double[] sums;
    private float largest;
    private long seen;

    ChannelSums(int channels) {
        this.sums = new double[channels];
    }

    /** Adds values in which channels are innermost; begins at the channel where the last call ended. */
    void add(float[] values, int count) {
        int channel = (int) (seen % sums.length);
        for (int i = 0; i < count; i++) {
            sums[channel] += values[i];
            channel = channel + 1 == sums.length ? 0 : channel + 1;
        }
        largest = Math.max(largest, Histogram.largest(values, count));
        seen += count;
    }

    /** Adds what another has summed. */
    void add(ChannelSums other) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] += other.sums[c];
        }
        largest = Math.max(largest, other.largest);
        seen += other.seen;
    }

    /** The mean of a channel. */
    double mean(int channel) {
        return sums[channel] / ((double) seen / sums.length);
    }

    /** The largest magnitude. */
    float largest() {
        return largest;
    }
}
