package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.network.Outline;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out which networks weights are for, by the names and shapes of their tensors. */
public final class VariantRecognizer {
    /** Its length is the number of classes; torchvision's name for the head. */
    private static final String HEAD_BIAS = "fc.bias";

    private static final Pattern FIRST_STAGE = Pattern.compile("layer1\\.(\\d+)\\..*");
    private static final Pattern COUNTED = Pattern.compile("conv2d(_\\d+)?\\.weight");

    private VariantRecognizer() {}

    /**
     * The variants whose parameters are exactly these tensors, with the number of classes that the tensors have, or as backbones that put out
     * the mean of the last map if they have none; in the order of {@link Variants#all()}, those of so many classes first. There can be
     * several, since where a network strides or adds without parameters shows in no tensor: {@code resnet50} comes before {@code
     * resnet50-v1}, {@code resnet20-cifar10} before {@code plain20-cifar10}. A quantised file says itself what it is. Empty if there is none. Reads no values.
     *
     * @throws dev.gatun.weights.WeightFormatException if it is quantised and malformed
     */
    public static List<ResNetSpec> recognize(WeightSource source) {
        if (QuantizedFile.recognises(source)) {
            return QuantizedFile.read(source).variant().stream().toList();
        }
        Set<ResNetSpec> structures = new HashSet<>();
        IdentityHashMap<NameMapping, Map<String, Shape>> mapped = new IdentityHashMap<>();
        return Stream.concat(Variants.all().values().stream(), ofOtherDepths(source))
                .flatMap(variant -> asStored(variant, source, mapped).stream())
                .sorted(Comparator.comparing(match -> match.resized()))
                .map(Match::spec)
                .filter(spec -> structures.add(spec.withName("").withScaling(InputScaling.IMAGENET)))
                .toList();
    }

    /**
     * The variants that compute what {@code graph} does, up to batch normalisation and biases: those with the same of these first, then in the
     * order of {@link Variants#all()}. Empty if there is none.
     *
     * @param graph from images to logits, not fused
     * @param size side of images that it takes
     */
    public static List<ResNetSpec> recognize(Graph graph, int size) {
        Shape answer = graph.outputShapes(1, size, size).getFirst();
        if (answer.rank() != 2) {
            return List.of();
        }
        Outline outline = Outline.of(graph, size);
        long convolutions = convolutions(graph);
        Details details = Details.of(graph);
        Set<ResNetSpec> structures = new HashSet<>();
        return Stream.concat(Variants.all().values().stream(), ofConvolutions(convolutions))
                .filter(variant -> size % variant.input().multiple() == 0)
                .map(variant -> new Match(variant.withClasses(answer.intDim(1)), variant.classes() != answer.intDim(1)))
                .filter(match -> {
                    Graph other = GraphBuilder.build(match.spec());
                    return convolutions(other) == convolutions
                            && Outline.of(other, size).equals(outline);
                })
                .sorted(Comparator.<Match, Boolean>comparing(match ->
                                !Details.of(GraphBuilder.build(match.spec())).equals(details))
                        .thenComparing(Match::resized))
                .map(Match::spec)
                .filter(spec -> structures.add(spec.withName("")))
                .toList();
    }

    /** What an outline leaves out, and what is lost when batch normalisation is folded. */
    private record Details(long biases, Set<Double> epsilons) {
        static Details of(Graph graph) {
            long biases = graph.nodes().stream()
                    .filter(node -> node instanceof Node.Conv conv && conv.bias() != null)
                    .count();
            Set<Double> epsilons = graph.nodes().stream()
                    .flatMap(node -> node instanceof Node.BatchNorm norm ? Stream.of(norm.epsilon()) : Stream.empty())
                    .collect(Collectors.toSet());
            return new Details(biases, epsilons);
        }
    }

    private static long convolutions(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node instanceof Node.Conv conv && conv.kernel() instanceof Kernel.Stored)
                .count();
    }

    /** The CIFAR networks that have no row and so many convolutions. */
    private static Stream<ResNetSpec> ofConvolutions(long convolutions) {
        return Stream.of(
                        "resnet" + (convolutions + 1) + "-cifar10",
                        "plain" + (convolutions + 1) + "-cifar10",
                        "resnet" + (convolutions - 1) + "-cifar10-b",
                        "resnet" + (convolutions - 1) + "v1-keras-cifar10",
                        "resnet" + (convolutions - 2) + "v2-keras-cifar10")
                .filter(name -> !Variants.all().containsKey(name))
                .flatMap(name -> Variants.find(name).stream());
    }

    /** A variant as a file has it, and whether it has another number of classes there than by itself. */
    private record Match(ResNetSpec spec, boolean resized) {}

    private static Optional<Match> asStored(
            ResNetSpec variant, WeightSource source, IdentityHashMap<NameMapping, Map<String, Shape>> mapped) {
        List<TensorSpec> expected = GraphBuilder.build(variant).parameters();
        NameMapping mapping = NameMapping.of(source.tensors().keySet(), expected);
        Map<String, Shape> shapes = mapped.computeIfAbsent(mapping, _ -> shapes(source, mapping));
        Shape bias = shapes.get(HEAD_BIAS);
        // Another number of classes changes no number of tensors; without a head there are fewer.
        if (bias == null ? expected.size() <= shapes.size() : expected.size() != shapes.size()) {
            return Optional.empty();
        }
        if (bias != null && (bias.rank() != 1 || bias.elements() < 1 || bias.elements() > Integer.MAX_VALUE)) {
            return Optional.empty();
        }
        ResNetSpec stored = bias == null
                ? variant.withHead(new HeadSpec.Backbone(Features.AVERAGE))
                : variant.withClasses(bias.intDim(0));
        Map<String, Shape> needed = GraphBuilder.build(stored).parameters().stream()
                .collect(Collectors.toMap(TensorSpec::name, TensorSpec::shape));
        return shapes.equals(needed)
                ? Optional.of(new Match(stored, bias != null && stored.classes() != variant.classes()))
                : Optional.empty();
    }

    /** Shapes by the names that specs use; none if two tensors have the same. */
    private static Map<String, Shape> shapes(WeightSource source, NameMapping mapping) {
        Map<String, Shape> shapes = new HashMap<>();
        for (TensorInfo tensor : source.tensors().values()) {
            String name = mapping.map(tensor.name());
            if (!mapping.ignores(name) && shapes.put(name, tensor.shape()) != null) {
                return Map.of();
            }
        }
        return shapes;
    }

    /** The CIFAR networks that have as many blocks a stage, or as many convolutions if the file only counts them. */
    private static Stream<ResNetSpec> ofOtherDepths(WeightSource source) {
        long blocks = source.tensors().keySet().stream()
                .map(name -> FIRST_STAGE.matcher(NameMapping.TORCH.map(name)))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .distinct()
                .count();
        long convolutions = source.tensors().keySet().stream()
                .filter(name -> COUNTED.matcher(name).matches())
                .count();
        // Depth counts no projections, of which v1 networks have two and v2 networks three, but the inner product.
        return Stream.of(
                        "resnet" + (6 * blocks + 2) + "-cifar10",
                        "resnet" + (6 * blocks + 2) + "-cifar100",
                        "plain" + (6 * blocks + 2) + "-cifar10",
                        "resnet" + (6 * blocks + 2) + "-cifar10-b",
                        "resnet" + (convolutions - 1) + "v1-keras-cifar10",
                        "resnet" + (convolutions - 2) + "v2-keras-cifar10")
                .filter(name -> !Variants.all().containsKey(name))
                .flatMap(name -> Variants.find(name).stream());
    }
}
