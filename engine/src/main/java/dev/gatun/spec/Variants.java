package dev.gatun.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * The table of variants by name.
 *
 * <p>ImageNet: He et al. 2016, table 1, and torchvision's resnet.py; {@code resnet50} has the stride in the 3x3 (v1.5), {@code
 * resnet50-v1} in the first 1x1. CIFAR: section 4.2, depth 6n + 2, option-A shortcuts.
 */
public final class Variants {
    private record ImageNetRow(String name, BlockKind kind, List<Integer> blocks) {}

    private static final List<ImageNetRow> IMAGENET = List.of(
            new ImageNetRow("resnet18", BlockKind.BASIC, List.of(2, 2, 2, 2)),
            new ImageNetRow("resnet34", BlockKind.BASIC, List.of(3, 4, 6, 3)),
            new ImageNetRow("resnet50", BlockKind.BOTTLENECK, List.of(3, 4, 6, 3)),
            new ImageNetRow("resnet101", BlockKind.BOTTLENECK, List.of(3, 4, 23, 3)),
            new ImageNetRow("resnet152", BlockKind.BOTTLENECK, List.of(3, 8, 36, 3)));

    /** n of depth 6n + 2; section 4.2 and table 6. */
    private static final List<Integer> CIFAR_BLOCKS = List.of(3, 5, 7, 9, 18, 200);

    /** Classes of ILSVRC 2012. */
    public static final int IMAGENET_CLASSES = 1000;

    private static final int CIFAR10_CLASSES = 10;

    private static final Map<String, ResNetSpec> BY_NAME = table();

    private Variants() {}

    /** All variants by name, in the order of the literature. */
    public static Map<String, ResNetSpec> all() {
        return BY_NAME;
    }

    /**
     * The variant of this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names there are
     */
    public static ResNetSpec named(String name) {
        ResNetSpec spec = BY_NAME.get(name);
        if (spec == null) {
            throw new IllegalArgumentException(
                    "unknown model '" + name + "', expected one of " + String.join(", ", BY_NAME.keySet()));
        }
        return spec;
    }

    private static Map<String, ResNetSpec> table() {
        List<ResNetSpec> specs = new ArrayList<>();
        IMAGENET.forEach(row -> specs.add(imageNet(row.name(), row, StridePlacement.MIDDLE_3X3)));
        IMAGENET.stream()
                .filter(row -> row.kind() == BlockKind.BOTTLENECK)
                .forEach(row -> specs.add(imageNet(row.name() + "-v1", row, StridePlacement.FIRST_1X1)));
        CIFAR_BLOCKS.forEach(n -> specs.add(cifar10(n)));
        SequencedMap<String, ResNetSpec> byName = new LinkedHashMap<>();
        specs.forEach(spec -> byName.put(spec.name(), spec));
        return Collections.unmodifiableMap(byName);
    }

    private static ResNetSpec imageNet(String name, ImageNetRow row, StridePlacement placement) {
        return new ResNetSpec(
                name,
                InputSpec.IMAGENET,
                StemSpec.IMAGENET,
                BlockSpec.dense(row.kind(), Shortcut.PROJECTION).withStridePlacement(placement),
                stages(row.blocks(), StemSpec.IMAGENET.width()),
                new HeadSpec(IMAGENET_CLASSES),
                ResNetSpec.TORCH_BATCH_NORM_EPSILON);
    }

    private static ResNetSpec cifar10(int n) {
        return new ResNetSpec(
                "resnet" + (6 * n + 2) + "-cifar10",
                InputSpec.CIFAR,
                StemSpec.CIFAR,
                BlockSpec.dense(BlockKind.BASIC, Shortcut.ZERO_PAD),
                stages(List.of(n, n, n), StemSpec.CIFAR.width()),
                new HeadSpec(CIFAR10_CLASSES),
                ResNetSpec.TORCH_BATCH_NORM_EPSILON);
    }

    /** Each stage doubles the width and, but for the first, halves the resolution. */
    private static List<StageSpec> stages(List<Integer> blocks, int width) {
        return IntStream.range(0, blocks.size())
                .mapToObj(i -> new StageSpec(blocks.get(i), width << i, i == 0 ? 1 : 2))
                .toList();
    }
}
