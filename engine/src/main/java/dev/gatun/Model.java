package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphCost;
import dev.gatun.image.Preprocessing;
import dev.gatun.natives.Machine;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.spec.InputSpec;
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

    private final String name;
    private final Graph graph;
    private final InputSpec input;
    private final WeightSet weights;
    private final Preprocessing preprocessing;
    private final Labels labels;

    private Model(
            String name, Graph graph, InputSpec input, WeightSet weights, Preprocessing preprocessing, Labels labels) {
        this.name = name;
        this.graph = graph;
        this.input = input;
        this.weights = weights;
        this.preprocessing = preprocessing;
        this.labels = labels;
    }

    /**
     * A network from anywhere, such as a file that holds its operations; {@link ResNet} makes those that have a spec.
     *
     * @param name what messages call it
     * @param graph from images to what it answers
     * @param input the images it was designed for, of as many channels as the graph's
     * @param weights of all {@link Graph#parameters()}
     * @param preprocessing of its images
     * @param labels one for each class; none where the graph puts out no [n, classes]
     * @throws IllegalArgumentException if these do not fit each other
     */
    public static Model of(
            String name, Graph graph, InputSpec input, WeightSet weights, Preprocessing preprocessing, Labels labels) {
        if (graph.input().channels() != input.channels()) {
            throw new IllegalArgumentException(name + " reads images of "
                    + graph.input().channels() + " channels, but is said to be designed for " + input.channels());
        }
        Shape answer = graph.outputShapes(1, input.size(), input.size()).getFirst();
        int classes = graph.outputs().size() == 1 && answer.rank() == 2 ? answer.intDim(1) : 0;
        if (labels.size() != classes) {
            throw new IllegalArgumentException(
                    labels.size() + " labels for " + name + " of " + classes + " classes, expected as many");
        }
        weights.requireAll(graph.parameters());
        return new Model(name, graph, input, weights, preprocessing, labels);
    }

    /** What it is called: the name of its variant, if it has a spec. */
    public String name() {
        return name;
    }

    /** The images it was designed for. */
    public InputSpec input() {
        return input;
    }

    /** Number of classes; 0 if it puts out features. */
    public int classes() {
        return labels.size();
    }

    /** The network as operations, from images to what it answers. */
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
        int height = options.height() == 0 ? input.size() : options.height();
        int width = options.width() == 0 ? input.size() : options.width();
        input.require(height, width);
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
        Plan plan =
                Plan.of(options.softmax() ? graph.withSoftmax() : graph, LayerWeights.folding(weights::get), request);
        return new CompiledModel(name, plan, Shape.of(options.batch(), input.channels(), height, width));
    }

    private int threads(int batch, int height, int width) {
        double work = (double) batch * GraphCost.of(graph, height, width).multiplyAccumulates();
        return (int) Math.clamp(
                Math.round(work / WORK_OF_A_THREAD), 1L, Machine.current().usableThreads());
    }

    @Override
    public String toString() {
        return name + " with weights from " + weights.origin();
    }
}
