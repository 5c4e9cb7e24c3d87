package dev.gatun;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
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
     * resnet50-v1}, {@code resnet20-cifar10} before {@code plain20-cifar10}. Empty if there is none. Reads no values.
     */
    public static List<ResNetSpec> recognize(WeightSource source) {
        Set<ResNetSpec> structures = new HashSet<>();
        return Stream.concat(Variants.all().values().stream(), ofOtherDepths(source))
                .flatMap(variant -> asStored(variant, source).stream())
                .sorted(Comparator.comparing(match -> match.resized()))
                .map(Match::spec)
                .filter(spec -> structures.add(spec.withName("")))
                .toList();
    }

    /** A variant as a file has it, and whether it has another number of classes there than by itself. */
    private record Match(ResNetSpec spec, boolean resized) {}

    private static Optional<Match> asStored(ResNetSpec variant, WeightSource source) {
        List<TensorSpec> expected = GraphBuilder.build(variant).parameters();
        NameMapping mapping = NameMapping.of(source.tensors().keySet(), expected);
        Map<String, Shape> shapes = new HashMap<>();
        for (TensorInfo tensor : source.tensors().values()) {
            String name = mapping.map(tensor.name());
            if (!mapping.ignores(name) && shapes.put(name, tensor.shape()) != null) {
                return Optional.empty();
            }
        }
        Shape bias = shapes.get(HEAD_BIAS);
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
