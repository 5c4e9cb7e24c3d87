package dev.gatun.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What distinguishes a network from others of its depth, in words. */
final class Options {
    /** Of the first stage of ImageNet's networks. */
    private static final int REFERENCE_WIDTH = 64;

    private static final Map<Shortcut, String> SHORTCUTS = Map.of(
            Shortcut.NONE, "no shortcuts",
            Shortcut.ZERO_PAD, "option A: zero-padded identity shortcuts",
            Shortcut.PROJECTION, "option B: projection shortcuts where dimensions change",
            Shortcut.PROJECTION_OR_SUBSAMPLING, "projection shortcuts where widths change, subsampling else",
            Shortcut.ALL_PROJECTION, "option C: projection shortcuts throughout");

    private static final Map<StridePlacement, String> STRIDES = Map.of(
            StridePlacement.FIRST_1X1, "stride in the first 1x1", StridePlacement.MIDDLE_3X3, "stride in the 3x3");

    private static final Map<Projection, String> PROJECTIONS = Map.of(
            Projection.BARE, "projections without normalisation",
            Projection.PREACTIVATED, "projections of pre-activations",
            Projection.POOLED, "average pooling ahead of projections");

    private static final Map<ConvBias, String> BIASES = Map.of(
            ConvBias.UNNORMALIZED, "biases where no normalisation follows", ConvBias.ALL, "biases in all convolutions");

    private Options() {}

    /** The options, those of the blocks first. */
    static List<String> of(ResNetSpec spec) {
        BlockSpec block = spec.block();
        List<String> options = new ArrayList<>();
        options.add(block.kind().name().toLowerCase(Locale.ROOT) + " blocks "
                + spec.stages().stream()
                        .map(stage -> String.valueOf(stage.blocks()))
                        .collect(Collectors.joining("-")));
        if (block.groups() > 1) {
            options.add(block.groups() + " groups of " + block.baseWidth());
        } else if (block.innerWidth(REFERENCE_WIDTH) != REFERENCE_WIDTH) {
            options.add("width per group " + block.baseWidth());
        }
        if (block.kind() == BlockKind.BOTTLENECK) {
            add(options, STRIDES, block.stridePlacement());
        }
        add(options, SHORTCUTS, block.shortcut());
        if (block.preactivation()) {
            options.add("pre-activation");
        }
        if (block.shortcut() != Shortcut.NONE) {
            add(options, PROJECTIONS, block.projection());
        }
        if (spec.stem().widths().size() > 1) {
            options.add("deep stem");
        }
        if (spec.stages().stream().anyMatch(StageSpec::dilated)) {
            options.add("dilated");
        }
        add(options, BIASES, spec.bias());
        if (block.padding() == Padding.SAME) {
            options.add("SAME padding");
        }
        options.add("epsilon " + spec.batchNormEpsilon());
        return List.copyOf(options);
    }

    /** Adds the words for a choice; those that go without saying have none. */
    private static <T> void add(List<String> options, Map<T, String> words, T choice) {
        Optional.ofNullable(words.get(choice)).ifPresent(options::add);
    }
}
