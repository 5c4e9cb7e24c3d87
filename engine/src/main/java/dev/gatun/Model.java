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
        Sizing sizing = Sizing.of(
                options, Machine.current(), (double) GraphCost.of(graph, height, width).multiplyAccumulates());
        PlanRequest request = new PlanRequest(
                sizing.batch(),
                height,
                width,
                options.input(),
                options.precision(),
                options.emulation(),
                sizing.placement().threads(),
                preprocessing.normalization());
        Plan plan = Plan.of(options.softmax() ? graph.withSoftmax() : graph, weights::get, request);
        Shape src = Shape.of(sizing.batch(), spec.input().channels(), height, width);
        return new CompiledModel(spec.name(), plan, src, sizing);
    }

    @Override
    public String toString() {
        return spec.name() + " with weights from " + weights.origin();
    }
}
