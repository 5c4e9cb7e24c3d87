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
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes the time of every step of a plan and holds it against what the machine could do. */
public final class Profiler {
    private static final int WARM_UPS = 5;

    private Profiler() {}

    /** The layers of a plan, and which of them every step belongs to: a plan may work through a batch part by part. */
    private record Layers(List<StepCost> costs, List<Integer> ofStep) {
        static Layers of(List<StepCost> steps) {
            List<StepCost> costs = new ArrayList<>();
            List<Integer> ofStep = new ArrayList<>();
            for (StepCost step : steps) {
                int layer = 0;
                while (layer < costs.size() && !costs.get(layer).sameLayer(step)) {
                    layer++;
                }
                if (layer == costs.size()) {
                    costs.add(step);
                } else {
                    costs.set(layer, costs.get(layer).plus(step));
                }
                ofStep.add(layer);
            }
            return new Layers(costs, ofStep);
        }

        int steps(int layer) {
            return Collections.frequency(ofStep, layer);
        }
    }

    /** Adds up the time that each layer of a run takes. */
    private static final class Stopwatch implements StepListener {
        private final List<Integer> layerOfStep;
        private final long[] nanos;
        private long start;

        Stopwatch(Layers layers) {
            this.layerOfStep = layers.ofStep();
            this.nanos = new long[layers.costs().size()];
        }

        @Override
        public void before(int step) {
            start = System.nanoTime();
        }

        @Override
        public void after(int step) {
            nanos[layerOfStep.get(step)] += System.nanoTime() - start;
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
        Layers layers = Layers.of(plan.stepCosts());
        List<StepCost> costs = layers.costs();
        Map<DataType, Peak> peaks = peaks(costs);
        ReadBandwidth bandwidth = ReadBandwidth.ofCore();
        double[][] nanos = new double[costs.size()][runs];
        double[] runNanos = new double[runs];
        try (Arena arena = Arena.ofConfined();
                Execution execution = new Execution(plan)) {
            MemorySegment src = images(plan, arena);
            MemorySegment dst = arena.allocate(plan.dstBytes(), Long.BYTES);
            for (int run = -WARM_UPS; run < runs; run++) {
                long start = System.nanoTime();
                execution.run(src, dst);
                long end = System.nanoTime();
                Stopwatch watch = new Stopwatch(layers);
                execution.run(src, dst, watch);
                if (run >= 0) {
                    runNanos[run] = end - start;
                    for (int layer = 0; layer < costs.size(); layer++) {
                        nanos[layer][run] = watch.nanos[layer];
                    }
                }
            }
        }
        int threads = plan.request().threads();
        List<LayerProfile> profiles = new ArrayList<>();
        for (int layer = 0; layer < costs.size(); layer++) {
            StepCost cost = costs.get(layer);
            Peak peak = peaks.getOrDefault(cost.type(), Peak.NONE);
            double median = Rate.median(nanos[layer]);
            profiles.add(LayerProfile.of(cost, layers.steps(layer), median, threads, peak, bandwidth));
        }
        return new Profile(plan.request().batch(), threads, runs, Rate.median(runNanos), profiles, peaks, bandwidth);
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
            int noise = (i * 0x9e3779b9) >>> 24;
            if (pixels) {
                src.set(ValueLayout.JAVA_BYTE, i, (byte) noise);
            } else {
                src.setAtIndex(ValueLayout.JAVA_FLOAT, i, noise / 128f - 1);
            }
        }
        return src;
    }
}
