package dev.gatun.weights;

import dev.gatun.spec.TensorSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * From the names in a file to the torchvision names that specs use: rules applied one after another, each where it
 * matches.
 *
 * @param title what messages call it
 * @param rules applied in order, each to what the one before gave
 * @param ignored mapped names that no model needs
 */
public record NameMapping(String title, List<Rule> rules, List<Pattern> ignored) {
    /** Batches counted while training, which inference does not need. */
    private static final Pattern BATCH_COUNT = Pattern.compile("(.*\\.)?num_batches_tracked");

    /** Names as they are. */
    public static final NameMapping IDENTITY = new NameMapping("identity", List.of(), List.of(BATCH_COUNT));

    /** Names of ResNets in torch: torchvision's, and those that common training programs make of them. */
    public static final NameMapping TORCH = new NameMapping(
            "torch",
            List.of(
                    // torch.nn.DataParallel and DistributedDataParallel wrap the network
                    rule("^module\\.", ""),
                    // torch.compile
                    rule("^_orig_mod\\.", ""),
                    // akamaster/pytorch_resnet_cifar10 and kuangliu/pytorch-cifar
                    rule("^linear\\.", "fc."),
                    rule("^(layer\\d+\\.\\d+\\.)shortcut\\.", "$1downsample.")),
            List.of(BATCH_COUNT));

    /** transformers' modeling_resnet.py, with and without the classifier around the backbone. */
    public static final NameMapping HUGGING_FACE = new NameMapping(
            "Hugging Face",
            List.of(
                    rule("^resnet\\.", ""),
                    rule("^embedder\\.embedder\\.convolution\\.", "conv1."),
                    rule("^embedder\\.embedder\\.normalization\\.", "bn1."),
                    rule("^classifier\\.1\\.", "fc."),
                    new Rule(
                            Pattern.compile("^encoder\\.stages\\.(\\d{1,6})\\.layers\\."),
                            stage -> "layer" + (number(stage, 1) + 1) + "."),
                    rule("\\.shortcut\\.convolution\\.", ".downsample.0."),
                    rule("\\.shortcut\\.normalization\\.", ".downsample.1."),
                    new Rule(
                            Pattern.compile("\\.layer\\.(\\d{1,6})\\.convolution\\."),
                            layer -> ".conv" + (number(layer, 1) + 1) + "."),
                    new Rule(
                            Pattern.compile("\\.layer\\.(\\d{1,6})\\.normalization\\."),
                            layer -> ".bn" + (number(layer, 1) + 1) + ".")),
            List.of(BATCH_COUNT));

    /** A mapping and the name of a tensor that only files have which it is for. */
    private record Sign(Pattern tensor, NameMapping mapping) {}

    private static final List<Sign> SIGNS = List.of(
            new Sign(Pattern.compile("(resnet\\.)?embedder\\.embedder\\.convolution\\.weight"), HUGGING_FACE),
            new Sign(Pattern.compile("conv2_block1_preact_bn\\.weight"), KerasNames.V2),
            new Sign(Pattern.compile("conv2_block1_1_conv\\.weight"), KerasNames.V1),
            new Sign(Pattern.compile("res2a_branch2a\\.weight"), KerasNames.OLD));

    /** Copies the lists. */
    public NameMapping {
        rules = List.copyOf(rules);
        ignored = List.copyOf(ignored);
    }

    /**
     * One replacement.
     *
     * @param pattern searched for once in the name
     * @param replacement of what was found, in which {@code $1} is its first group
     */
    public record Rule(Pattern pattern, Function<MatchResult, String> replacement) {}

    /** A rule from a regular expression, and what replaces it, with the groups of the pattern. */
    public static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern), _ -> replacement);
    }

    /**
     * The mapping for a file with these names.
     *
     * @param names of its tensors
     * @param expected what the network needs, in the order of its operations; layers that a file only counts are told apart by it
     */
    public static NameMapping of(Collection<String> names, List<TensorSpec> expected) {
        return SIGNS.stream()
                .filter(sign -> names.stream()
                        .anyMatch(name -> sign.tensor().matcher(name).matches()))
                .findFirst()
                .map(Sign::mapping)
                .or(() -> KerasNames.numbered(names, expected))
                .orElse(TORCH);
    }

    /** This mapping, of no interest to which are also the mapped names that match. */
    public NameMapping ignoring(Pattern pattern) {
        List<Pattern> more = new ArrayList<>(ignored);
        more.add(pattern);
        return new NameMapping(title, rules, more);
    }

    static int number(MatchResult match, int group) {
        return Integer.parseInt(match.group(group));
    }

    /** The spec's name for a name in the file. */
    public String map(String name) {
        String mapped = name;
        for (Rule rule : rules) {
            mapped = rule.pattern().matcher(mapped).replaceFirst(rule.replacement());
        }
        return mapped;
    }

    /** Whether a mapped name is of no interest. */
    public boolean ignores(String mapped) {
        return ignored.stream().anyMatch(pattern -> pattern.matcher(mapped).matches());
    }
}
