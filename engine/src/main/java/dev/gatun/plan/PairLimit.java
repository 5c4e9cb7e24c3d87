package dev.gatun.plan;

import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;

/**
 * What a row of int8 weights, those of one output channel, must keep to so that every CPU computes the same with it. Without VNNI two
 * products of an unsigned and a signed byte are added in 16 bits before they are widened, those of input channels 0 and 1, 2 and 3 and so on
 * at the same tap: the sum of their weights must be -128 to 128, since {@code 255 * 128 < 2^15}. Where input channels do not come in fours, which
 * are what oneDNN packs together, any two weights may meet: each must be -64 to 64. A channel alone meets no other. Immutable; thread-safe.
 */
public final class PairLimit {
    private static final int LARGEST = Byte.MAX_VALUE;
    private static final int SUM = 128;
    /** The largest magnitude of weights of which any two may meet. */
    static final int ANY = SUM / 2;

    private static final int PACKED = 4;

    /** The largest magnitude of any weight. */
    private final int largest;

    /** For each weight of a row that before it which it meets, or -1. */
    private final int[] partners;

    /**
     * Of rows of these.
     *
     * @param channels input channels of a row
     * @param taps weights of an input channel, kh * kw
     */
    public PairLimit(int channels, int taps) {
        if (channels < 1 || taps < 1) {
            throw new IllegalArgumentException(
                    "a row of " + channels + " channels and " + taps + " taps, expected at least one of each");
        }
        boolean paired = channels % PACKED == 0;
        this.largest = channels == 1 || paired ? LARGEST : ANY;
        this.partners = new int[Math.multiplyExact(channels, taps)];
        for (int i = 0; i < partners.length; i++) {
            partners[i] = paired && i / taps % 2 == 1 ? i - taps : -1;
        }
    }

    /** Whether this CPU adds two products in 16 bits. */
    static boolean matters() {
        CpuIsa isa = OneDnn.effectiveIsa();
        return !isa.includes(CpuIsa.AVX512_CORE_VNNI) && !isa.includes(CpuIsa.AVX2_VNNI);
    }

    /** Of rows of so many weights that are not packed with others; each may be -127 to 127. */
    public static PairLimit none(int size) {
        return new PairLimit(1, size);
    }

    /** Weights of a row. */
    public int size() {
        return partners.length;
    }

    /**
     * The nearest weight that keeps the limit.
     *
     * @param weights rows, in which those before this one are set
     * @param from first of the row
     * @param index in the row
     */
    public int clamp(byte[] weights, int from, int index, long weight) {
        int partner = partners[index];
        int other = partner < 0 ? 0 : weights[from + partner];
        return Math.clamp(
                weight, Math.max(-largest, -SUM - Math.min(other, 0)), Math.min(largest, SUM - Math.max(other, 0)));
    }

    /** Whether a row of weights keeps the limit. */
    boolean holds(byte[] weights, int from) {
        for (int i = 0; i < size(); i++) {
            if (clamp(weights, from, i, weights[from + i]) != weights[from + i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The least scale at which no weight of a row has to be clamped.
     *
     * @param weights real rows
     * @param from first of the row
     */
    public float scale(float[] weights, int from) {
        float needed = 0;
        for (int i = 0; i < size(); i++) {
            float weight = weights[from + i];
            int partner = partners[i];
            float other = partner < 0 ? 0 : weights[from + partner];
            boolean add = Math.signum(weight) == Math.signum(other);
            needed = Math.max(needed, Math.abs(weight) / largest);
            needed = Math.max(needed, add ? Math.abs(weight + other) / SUM : 0);
        }
        return needed;
    }
}
