package dev.gatun.weights;

import java.nio.charset.StandardCharsets;

/**
 * SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers on every
 * machine and JDK, which {@link java.util.SplittableRandom} does not promise. Of one thread.
 */
final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    /** Offset basis and prime of 64-bit FNV-1a. */
    private static final long FNV_BASIS = 0xcbf29ce484222325L;

    private static final long FNV_PRIME = 0x100000001b3L;

    private long state;
    private double spare = Double.NaN;

    SplitMix64(long seed) {
        this.state = seed;
    }

    /** A stream of its own for each name, so that no tensor's values depend on which others there are. */
    static SplitMix64 forName(long seed, String name) {
        long hash = FNV_BASIS;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ Byte.toUnsignedInt(b)) * FNV_PRIME;
        }
        return new SplitMix64(new SplitMix64(seed ^ hash).next());
    }

    long next() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [low, high). */
    double uniform(double low, double high) {
        return low + (high - low) * ((next() >>> 11) * 0x1p-53);
    }

    /** Standard normal, by Marsaglia's polar method; of its functions only the logarithm is not exact, hence StrictMath. */
    double gaussian() {
        if (!Double.isNaN(spare)) {
            double value = spare;
            spare = Double.NaN;
            return value;
        }
        double u;
        double v;
        double s;
        do {
            u = uniform(-1, 1);
            v = uniform(-1, 1);
            s = u * u + v * v;
        } while (s >= 1 || s == 0);
        double scale = StrictMath.sqrt(-2 * StrictMath.log(s) / s);
        spare = v * scale;
        return u * scale;
    }
}
