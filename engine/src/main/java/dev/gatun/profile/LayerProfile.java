package dev.gatun.profile;

import dev.gatun.plan.StepCost;
import java.util.OptionalDouble;

/**
 * A layer and how long it takes.
 *
 * @param cost what it computes and moves in a run, in all its steps
 * @param steps of a run that it has: one, or one for every part of the batch
 * @param nanos that it takes in a run, the median
 * @param boundNanos that it takes at least by the roofline; empty if the machine's limits are unknown
 * @param computeBound whether it is the multiply-accumulates that set this bound, not the bytes
 */
public record LayerProfile(StepCost cost, int steps, double nanos, OptionalDouble boundNanos, boolean computeBound) {
    /**
     * A layer against the roofline of {@code threads} cores: no faster than its multiply-accumulates at the peak of its type, and no
     * faster than its bytes can be read, from L2 if those of a step fit there. Reality is worse, since data of that size may have
     * left L2.
     */
    static LayerProfile of(StepCost cost, int steps, double nanos, int threads, Peak peak, ReadBandwidth bandwidth) {
        OptionalDouble gmacs = peak.gmacs(threads);
        long bytesOfStep = (cost.srcBytes() + cost.dstBytes()) / steps + cost.weightBytes();
        OptionalDouble gigabytes = bandwidth.gigabytes(threads, bytesOfStep);
        if (gigabytes.isEmpty() || (cost.macs() > 0 && gmacs.isEmpty())) {
            return new LayerProfile(cost, steps, nanos, OptionalDouble.empty(), false);
        }
        double compute = cost.macs() > 0 ? cost.macs() / gmacs.getAsDouble() : 0;
        double memory = cost.bytes() / gigabytes.getAsDouble();
        return new LayerProfile(cost, steps, nanos, OptionalDouble.of(Math.max(compute, memory)), compute > memory);
    }

    /** 10^9 multiply-accumulates a second. */
    public double gmacs() {
        return cost.macs() / nanos;
    }

    /** 10^9 bytes a second. */
    public double gigabytes() {
        return cost.bytes() / nanos;
    }

    /** Multiply-accumulates a byte. */
    public double intensity() {
        return (double) cost.macs() / cost.bytes();
    }

    /** How near it comes to the roofline, 1 being there; empty if the machine's limits are unknown. */
    public OptionalDouble efficiency() {
        return boundNanos.isPresent() ? OptionalDouble.of(boundNanos.getAsDouble() / nanos) : boundNanos;
    }
}
