package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.image.Preprocessing;
import dev.gatun.natives.Machine;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.weights.WeightSet;

/**
 * A network with weights that have been checked against it, and what belongs to those weights: how images are prepared for them, and
 * what their classes are called. Immutable; thread-safe. Holds the weights on the Java heap, 4 bytes each, and no file; what has
 * been compiled does not need it any more.
 */
public final class Model {
    /**
     * Multiply-accumulates of a run that keep a thread busy in spite of the barriers between layers. Measured 2026-11-21 on 2 cores:
     * CIFAR's ResNet-20 (0.04 G) takes 1.0 to 2.4 ms on one thread and 1.9 to 39 ms on two; ResNet-18 (1.8 G) gains from the second.
     */
    private static final double WORK_OF_A_THREAD = 0.5e9;

    private final ResNetSpec spec;
    private final Graph graph;
    private final WeightSet weights;
    private final Preprocessing preprocessing;
    private final Labels labels;

    Model(ResNetSpec spec, WeightSet weights, Preprocessing preprocessing, Labels labels) {
        this.spec = spec;
        this.graph = GraphBuilder.build(spec);
        this.weights = weights;
        this.preprocessing = preprocessing;
        this.labels = labels;
    }

    /** The name of the variant. */
    public String name() {
        return spec.name();
    }

    /** The network as data. */
    public ResNetSpec spec() {
        return spec;
    }

    /** The network as operations, from images to logits. */
    public Graph graph() {
        return graph;
    }

    /** The parameters by the names of {@link Graph#parameters()}. */
    public WeightSet weights() {
        return weights;
    }

    /** How images are prepared for these weights. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** What the classes are called. */
    public Labels labels() {
        return labels;
    }

    /**
     * Makes the model ready to run; the caller closes the result.
     *
     * @throws dev.gatun.plan.UnsupportedPrecisionException if the CPU is not fast in the precision and emulation is not allowed
     */
    public CompiledModel compile(CompileOptions options) {
        int height = options.height() == 0 ? spec.input().size() : options.height();
        int width = options.width() == 0 ? spec.input().size() : options.width();
        PlanRequest request = new PlanRequest(
                options.batch(),
                height,
                width,
                options.input(),
                options.precision(),
                options.emulation(),
                options.threads() == CompileOptions.AUTO_THREADS
                        ? threads(options.batch(), height, width)
                        : options.threads(),
                preprocessing.normalization());
        Plan plan = Plan.of(options.softmax() ? graph.withSoftmax() : graph, weights::get, request);
        return new CompiledModel(
                spec.name(), plan, Shape.of(options.batch(), spec.input().channels(), height, width));
    }

    private int threads(int batch, int height, int width) {
        double work = (double) batch * GraphCost.of(graph, height, width).multiplyAccumulates();
        return (int) Math.clamp(
                Math.round(work / WORK_OF_A_THREAD), 1L, Machine.current().usableThreads());
    }

    @Override
    public String toString() {
        return spec.name() + " with weights from " + weights.origin();
    }
}
