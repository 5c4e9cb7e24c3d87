package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphCost;
import dev.gatun.image.Preprocessing;
import dev.gatun.natives.Machine;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.QuantizedNetwork;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.Shape;
import dev.gatun.weights.WeightSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network with weights that have been checked against it, and what belongs to those weights: how images are prepared for them, and
 * what their classes are called. Immutable; thread-safe. Holds no file open; weights of a file are read
 * from it when something needs them (see {@link WeightSet}), which what has been compiled does not any more.
 */
public final class Model {
    private final String name;
    private final Graph graph;
    private final InputSpec input;
    private final WeightSet weights;
    private final Preprocessing preprocessing;
    private final Labels labels;
    private final @Nullable QuantizedNetwork quantized;

    private Model(
            String name,
            Graph graph,
            InputSpec input,
            WeightSet weights,
            Preprocessing preprocessing,
            Labels labels,
            @Nullable QuantizedNetwork quantized) {
        this.name = name;
        this.graph = graph;
        this.input = input;
        this.weights = weights;
        this.preprocessing = preprocessing;
        this.labels = labels;
        this.quantized = quantized;
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
        int classes = classes(graph, input);
        if (labels.size() != classes) {
            throw new IllegalArgumentException(
                    labels.size() + " labels for " + name + " of " + classes + " classes, expected as many");
        }
        weights.requireAll(graph.parameters());
        return new Model(name, graph, input, weights, preprocessing, labels, null);
    }

    /**
     * A quantised network. It computes in int8; in other precisions it does with the real values of its rounded weights.
     *
     * @param quantized as a file holds it
     * @param origin where it came from, for messages
     */
    public static Model of(QuantizedModel quantized, String origin) {
        QuantizedNetwork network = quantized.network();
        Model plain = of(
                quantized.name(),
                network.graph(),
                quantized.input(),
                WeightSet.of(origin, network.graph().parameters(), network::parameter, network.parameters()::contentId),
                quantized.preprocessing(),
                new Labels(quantized.labels()));
        return new Model(
                plain.name, plain.graph, plain.input, plain.weights, plain.preprocessing, plain.labels, network);
    }

    /**
     * Another network of the same parameters, or some of them: one that puts out what is inside this one, such as {@link
     * Graph#withOutputs} makes. It keeps the labels only if it puts out as many classes.
     *
     * @throws IllegalArgumentException if the graph reads images of another number of channels, or a parameter that this model has not
     */
    public Model withGraph(Graph graph) {
        boolean sameClasses = classes(graph, input) == classes();
        Model plain = of(name, graph, input, weights, preprocessing, sameClasses ? labels : unnamed(graph));
        return new Model(name, graph, input, weights, preprocessing, plain.labels, quantized);
    }

    /**
     * The same network and weights for images that are prepared in another way than their file says or their variant is published with.
     * The scales of a quantised network were measured with its file's: values beyond them are cut off.
     */
    public Model withPreprocessing(Preprocessing preprocessing) {
        return new Model(name, graph, input, weights, preprocessing, labels, quantized);
    }

    private Labels unnamed(Graph graph) {
        int classes = classes(graph, input);
        return classes == 0 ? new Labels(List.of()) : Labels.numbered(classes);
    }

    private static int classes(Graph graph, InputSpec input) {
        Shape answer = graph.outputShapes(1, input.size(), input.size()).getFirst();
        return graph.outputs().size() == 1 && answer.rank() == 2 ? answer.intDim(1) : 0;
    }

    /** Scales and int8 weights, if it is quantised. */
    public Optional<QuantizedNetwork> quantized() {
        return Optional.ofNullable(quantized);
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
     * The same model, whose packed weights are neither looked for in the user's cache nor kept there. Those of a model that is not from a
     * file never are.
     */
    public Model uncached() {
        return new Model(
                name,
                graph,
                input,
                weights.withoutContentId(),
                preprocessing,
                labels,
                quantized == null ? null : quantized.withoutContentId());
    }

    /**
     * Makes the model ready to run; the caller closes the result.
     *
     * @throws dev.gatun.plan.UnsupportedPrecisionException if the CPU is not fast in the precision and emulation is not allowed
     * @throws IllegalArgumentException if the network does not take images of that size, or streams and threads are asked for that are more
     *     than this process can use at full speed
     */
    public CompiledModel compile(CompileOptions options) {
        int height = options.height() == 0 ? input.size() : options.height();
        int width = options.width() == 0 ? input.size() : options.width();
        input.require(height, width);
        Sizing sizing = Sizing.of(options, Machine.current(), (double)
                GraphCost.of(graph, height, width).multiplyAccumulates());
        PlanRequest request = new PlanRequest(
                sizing.batch(),
                height,
                width,
                options.input(),
                options.precision(),
                options.emulation(),
                sizing.placement().threads(),
                preprocessing.normalization(),
                options.tuning());
        LayerWeights layers = quantized == null
                ? LayerWeights.folding(weights::get, null, weights::contentId)
                : quantized.layerWeights();
        Plan plan = Plan.of(options.softmax() ? graph.withSoftmax() : graph, layers, request);
        Shape src = Shape.of(sizing.batch(), input.channels(), height, width);
        return new CompiledModel(name, plan, src, sizing);
    }

    @Override
    public String toString() {
        return name + " with weights from " + weights.origin();
    }
}
