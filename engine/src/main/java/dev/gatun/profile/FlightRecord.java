package dev.gatun.profile;

import dev.gatun.plan.Execution;
import dev.gatun.plan.Plan;
import dev.gatun.plan.StepCost;
import dev.gatun.plan.StepListener;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The runs of a plan as events of the JDK's Flight Recorder: {@code dev.gatun.Run}, and {@code dev.gatun.Layer} where a recording enables it
 * by name. Belongs to one thread at a time.
 */
public final class FlightRecord {
    /** What to ask without making an object; never begun or committed. */
    private static final RunEvent ANY_RUN = new RunEvent();

    private static final LayerEvent ANY_LAYER = new LayerEvent();

    private final String model;
    private final Plan plan;
    private final List<StepCost> costs;

    /** Of {@code plan}, borrowed. */
    public FlightRecord(String model, Plan plan) {
        this.model = model;
        this.plan = plan;
        this.costs = plan.stepCosts();
    }

    /** Whether any recording wants to know of runs or layers. Allocates nothing. */
    public static boolean wanted() {
        return ANY_RUN.isEnabled() || ANY_LAYER.isEnabled();
    }

    /** Runs {@code execution} as {@link Execution#run(MemorySegment, MemorySegment)} does, and records it. */
    public void run(Execution execution, MemorySegment src, MemorySegment dst) {
        RunEvent event = new RunEvent();
        event.begin();
        execution.run(src, dst, ANY_LAYER.isEnabled() ? new Layers() : null);
        event.end();
        if (event.shouldCommit()) {
            event.model = model;
            event.precision = plan.request().precision().toString();
            event.batch = plan.request().batch();
            event.threads = plan.request().threads();
            event.commit();
        }
    }

    private final class Layers implements StepListener {
        private LayerEvent event = ANY_LAYER;

        @Override
        public void before(int step) {
            event = new LayerEvent();
            event.begin();
        }

        @Override
        public void after(int step) {
            event.end();
            if (event.shouldCommit()) {
                StepCost cost = costs.get(step);
                event.layer = cost.name();
                event.implementation = cost.implementation();
                event.multiplyAccumulates = cost.macs();
                event.bytes = cost.bytes();
                event.commit();
            }
        }
    }
}
