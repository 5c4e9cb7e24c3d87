package dev.gatun.weights;

import java.util.List;
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

    /** Copies the lists. */
    public NameMapping {
        rules = List.copyOf(rules);
        ignored = List.copyOf(ignored);
    }

    /**
     * One replacement.
     *
     * @param pattern searched for once in the name
     * @param replacement of what was found, with the groups of the pattern
     */
    public record Rule(Pattern pattern, String replacement) {}

    /** A rule from a regular expression. */
    public static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern), replacement);
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
