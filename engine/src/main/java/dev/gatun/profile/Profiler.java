package dev.gatun.profile;

import dev.gatun.onednn.DataType;
import dev.gatun.plan.Execution;
import dev.gatun.plan.Plan;
import dev.gatun.plan.StepCost;
import dev.gatun.plan.StepListener;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes the time of every step of a plan and holds it against what the machine could do. */
public final class Profiler {
    private static final int WARM_UPS = 5;

    private Profiler() {}

    /** Adds up the time that each step of a run takes. */
    private static final class Stopwatch implements StepListener {
        private final long[] nanos;
        private long start;

        Stopwatch(int steps) {
            this.nanos = new long[steps];
        }

        @Override
        public void before(int step) {
            start = System.nanoTime();
        }

        @Override
        public void after(int step) {
            nanos[step] += System.nanoTime() - start;
        }
    }

    /**
     * Runs {@code plan} on images of noise in memory of its own, with and without a look at every step in turn, after measuring the
     * peaks of the machine. Takes about twice as long as the runs take.
     *
     * @param plan borrowed
     * @param runs to take the median of, at least 1
     * @throws IllegalStateException if the calling thread is virtual
     */
    public static Profile profile(Plan plan, int runs) {
        if (runs < 1) {
            throw new IllegalArgumentException("runs must be at least 1, not " + runs);
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a model is profiled on platform threads only: hand it to one");
        }
        List<StepCost> costs = plan.stepCosts();
        Map<DataType, Peak> peaks = peaks(costs);
        ReadBandwidth bandwidth = ReadBandwidth.ofCore();
        double[][] stepNanos = new double[costs.size()][runs];
        double[] runNanos = new double[runs];
        try (Arena arena = Arena.ofConfined();
                Execution execution = new Execution(plan)) {
            MemorySegment src = images(plan, arena);
            MemorySegment dst = arena.allocate(plan.dstBytes(), Long.BYTES);
            for (int run = -WARM_UPS; run < runs; run++) {
                long start = System.nanoTime();
                execution.run(src, dst);
                long end = System.nanoTime();
                Stopwatch watch = new Stopwatch(costs.size());
                execution.run(src, dst, watch);
                if (run >= 0) {
                    runNanos[run] = end - start;
                    for (int step = 0; step < costs.size(); step++) {
                        stepNanos[step][run] = watch.nanos[step];
                    }
                }
            }
        }
        int threads = plan.request().threads();
        List<LayerProfile> layers = new ArrayList<>();
        for (int step = 0; step < costs.size(); step++) {
            StepCost cost = costs.get(step);
            Peak peak = peaks.getOrDefault(cost.type(), Peak.NONE);
            layers.add(LayerProfile.of(cost, Rate.median(stepNanos[step]), threads, peak, bandwidth));
        }
        return new Profile(plan.request().batch(), threads, runs, Rate.median(runNanos), layers, peaks, bandwidth);
    }

    private static Map<DataType, Peak> peaks(List<StepCost> costs) {
        Map<DataType, Peak> peaks = new EnumMap<>(DataType.class);
        costs.stream().filter(cost -> cost.macs() > 0).forEach(cost -> peaks.computeIfAbsent(cost.type(), Peak::of));
        return peaks;
    }

    /** Noise, since zeros might be multiplied with less power than others. */
    private static MemorySegment images(Plan plan, Arena arena) {
        MemorySegment src = arena.allocate(plan.srcBytes(), Long.BYTES);
        boolean pixels = plan.request().input().pixels();
        int elements = Math.toIntExact(plan.srcBytes() / plan.request().input().elementBytes());
        for (int i = 0; i < elements; i++) {
            // Fibonacci hashing, Knuth, The Art of Computer Programming, 6.4.
            int noise = i * 0x9e3779b9 >>> 24;
            if (pixels) {
                src.set(ValueLayout.JAVA_BYTE, i, (byte) noise);
            } else {
                src.setAtIndex(ValueLayout.JAVA_FLOAT, i, noise / 128f - 1);
            }
        }
        return src;
    }
}
