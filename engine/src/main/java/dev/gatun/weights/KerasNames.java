package dev.gatun.weights;

import static dev.gatun.weights.NameMapping.number;
import static dev.gatun.weights.NameMapping.rule;

import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import dev.gatun.weights.NameMapping.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How Keras names the layers of its ResNets. A tensor is named {@code <layer>.<weight, bias, running_mean or running_var>}. */
final class KerasNames {
    private static final Rule PROJECTION = block("_0_conv\\.", ".downsample.0.");
    private static final Rule CONVOLUTION = indexed("_(\\d)_conv\\.", index -> ".conv" + index + ".");

    /** keras/applications/resnet.py, ResNet50 and others. */
    static final NameMapping V1 = mapping(
            "Keras Applications",
            rule("^conv1_conv\\.", "conv1."),
            rule("^conv1_bn\\.", "bn1."),
            rule("^(?:predictions|probs)\\.", "fc."),
            PROJECTION,
            block("_0_bn\\.", ".downsample.1."),
            CONVOLUTION,
            indexed("_(\\d)_bn\\.", index -> ".bn" + index + "."));

    /** keras/applications/resnet_v2.py: normalisation precedes each convolution, and is named after the one before. */
    static final NameMapping V2 = mapping(
            "Keras Applications V2",
            rule("^conv1_conv\\.", "conv1."),
            rule("^post_bn\\.", "norm."),
            rule("^(?:predictions|probs)\\.", "fc."),
            PROJECTION,
            block("_preact_bn\\.", ".bn1."),
            CONVOLUTION,
            indexed("_(\\d)_bn\\.", index -> ".bn" + (index + 1) + "."));

    /** keras/applications/resnet50.py until 2019, and the Caffe models that its weights came from, whose deep stages count b1, b2. */
    static final NameMapping OLD = mapping(
            "Keras Applications until 2019",
            rule("^bn_conv1\\.", "bn1."),
            rule("^fc1000\\.", "fc."),
            new Rule(
                    Pattern.compile("^(res|bn|scale)(\\d)([a-z])(\\d{0,6})_branch(1|2[abc])\\."),
                    layer -> "layer" + (number(layer, 2) - 1) + "." + index(layer.group(3), layer.group(4))
                            + (layer.group(5).equals("1")
                                    ? ".downsample." + (layer.group(1).equals("res") ? 0 : 1)
                                    : (layer.group(1).equals("res") ? ".conv" : ".bn")
                                            + (layer.group(5).charAt(1) - 'a' + 1))
                            + "."));

    /** A layer without a name of its own, which Keras counts by class, from the first of a session or a later one. */
    private static final Pattern NUMBERED =
            Pattern.compile("^(conv2d|batch_normalization|dense)(?:_(\\d{1,9}))?\\.(\\w+)$");

    /** The network's block that a parameter belongs to. */
    private static final Pattern BLOCK = Pattern.compile("(layer\\d+\\.\\d+\\.)(downsample\\.)?.*");

    private record Counted(String name, String layer, int number, String field) {}

    private KerasNames() {}

    /**
     * The mapping for networks whose program names no layer: convolutions, normalisations and the inner product are taken in the order that
     * the program makes them in, in which a block's projection comes last, as in the Keras CIFAR examples and MLPerf-tiny.
     */
    static Optional<NameMapping> numbered(Collection<String> names, List<TensorSpec> expected) {
        List<Counted> counted = new ArrayList<>();
        for (String name : names) {
            Matcher matcher = NUMBERED.matcher(name);
            if (matcher.matches()) {
                int number = matcher.group(2) == null ? 0 : number(matcher, 2);
                counted.add(
                        new Counted(name, String.valueOf(matcher.group(1)), number, String.valueOf(matcher.group(3))));
            }
        }
        if (counted.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> mapped = new HashMap<>();
        assign(counted, "conv2d", layers(expected, Role.CONV_WEIGHT), mapped);
        assign(counted, "batch_normalization", layers(expected, Role.BN_WEIGHT), mapped);
        assign(counted, "dense", layers(expected, Role.INNER_PRODUCT_WEIGHT), mapped);
        return Optional.of(mapping(
                "Keras, counted layers",
                new Rule(NUMBERED, found -> mapped.getOrDefault(found.group(), found.group()))));
    }

    /** Names of the layers with a parameter of this role, as a program makes them. */
    private static List<String> layers(List<TensorSpec> expected, Role role) {
        SequencedMap<String, List<String>> branches = new LinkedHashMap<>();
        SequencedMap<String, List<String>> projections = new LinkedHashMap<>();
        for (TensorSpec tensor : expected) {
            if (tensor.role() == role) {
                String layer = tensor.name().substring(0, tensor.name().lastIndexOf('.'));
                Matcher matcher = BLOCK.matcher(layer);
                String block = matcher.matches() ? String.valueOf(matcher.group(1)) : layer;
                boolean projects = matcher.matches() && matcher.group(2) != null;
                branches.computeIfAbsent(block, _ -> new ArrayList<>());
                (projects ? projections : branches)
                        .computeIfAbsent(block, _ -> new ArrayList<>())
                        .add(layer);
            }
        }
        List<String> layers = new ArrayList<>();
        branches.forEach((block, branch) -> {
            layers.addAll(branch);
            layers.addAll(projections.getOrDefault(block, List.of()));
        });
        return layers;
    }

    private static void assign(List<Counted> counted, String layer, List<String> layers, Map<String, String> mapped) {
        List<Integer> numbers = counted.stream()
                .filter(tensor -> tensor.layer().equals(layer))
                .map(Counted::number)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
        for (Counted tensor : counted) {
            int rank = tensor.layer().equals(layer) ? numbers.indexOf(tensor.number()) : -1;
            if (rank >= 0 && rank < layers.size()) {
                mapped.put(tensor.name(), layers.get(rank) + "." + tensor.field());
            }
        }
    }

    private static NameMapping mapping(String title, Rule... rules) {
        return new NameMapping(title, List.of(rules), List.of());
    }

    /** What follows the name of a block, such as {@code conv2_block1}: the first of the first stage. */
    private static Rule block(String end, String replacement) {
        return new Rule(
                Pattern.compile("^conv(\\d)_block(\\d{1,6})" + end),
                found -> "layer" + (number(found, 1) - 1) + "." + (number(found, 2) - 1) + replacement);
    }

    private static Rule indexed(String end, IntFunction<String> replacement) {
        return new Rule(
                Pattern.compile("^conv(\\d)_block(\\d{1,6})" + end),
                found -> "layer" + (number(found, 1) - 1) + "." + (number(found, 2) - 1)
                        + replacement.apply(number(found, 3)));
    }

    /** 2 of {@code c}, 22 of {@code b22}. */
    private static int index(String letter, String digits) {
        return digits.isEmpty() ? letter.charAt(0) - 'a' : Integer.parseInt(digits);
    }
}
