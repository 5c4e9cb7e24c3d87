package dev.gatun.profile;

import dev.gatun.plan.Execution;
import dev.gatun.plan.Plan;
import dev.gatun.plan.StepCost;
import dev.gatun.plan.StepListener;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.jfr.FlightRecorder;

/**
 * The runs of a plan as events of the JDK's Flight Recorder: {@code dev.gatun.Run}, and {@code dev.gatun.Layer} where a recording enables it
 * by name ({@code +dev.gatun.Layer#enabled=true} on the command line). Belongs to one thread at a time.
 */
public final class FlightRecord {
    /** What to ask without making an object; never begun or committed. Events' classes take Flight Recorder's with them, 100 and more. */
    private static final class Any {
        static final RunEvent RUN = new RunEvent();
        static final LayerEvent LAYER = new LayerEvent();
    }

    private final String model;
    private final Plan plan;
    private final List<StepCost> costs;

    /** Of {@code plan}, borrowed. */
    public FlightRecord(String model, Plan plan) {
        this.model = model;
        this.plan = plan;
        this.costs = plan.stepCosts();
    }

    /** Whether any recording wants to know of runs or layers. Allocates nothing, and loads nothing before there was a recording. */
    public static boolean wanted() {
        return FlightRecorder.isInitialized() && (Any.RUN.isEnabled() || Any.LAYER.isEnabled());
    }

    /** Runs {@code execution} as {@link Execution#run(MemorySegment, MemorySegment)} does, and records it. */
    public void run(Execution execution, MemorySegment src, MemorySegment dst) {
        RunEvent event = new RunEvent();
        event.begin();
        execution.run(src, dst, Any.LAYER.isEnabled() ? new Layers() : null);
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
        private LayerEvent event = Any.LAYER;

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
