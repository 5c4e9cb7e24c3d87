package dev.gatun.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Networks for ImageNet, in torch's naming. */
final class ImageNetVariants {
    private record Row(String name, BlockKind kind, List<Integer> blocks) {}

    private record Wide(String name, String base, int groups, int baseWidth) {}

    /** He et al. 2016, table 1. */
    private static final List<Row> PAPER = List.of(
            new Row("resnet18", BlockKind.BASIC, List.of(2, 2, 2, 2)),
            new Row("resnet34", BlockKind.BASIC, List.of(3, 4, 6, 3)),
            new Row("resnet50", BlockKind.BOTTLENECK, List.of(3, 4, 6, 3)),
            new Row("resnet101", BlockKind.BOTTLENECK, List.of(3, 4, 23, 3)),
            new Row("resnet152", BlockKind.BOTTLENECK, List.of(3, 8, 36, 3)));

    /** Depths that timm's resnet.py adds to those of the paper. */
    private static final List<Row> TIMM = List.of(
            new Row("resnet26", BlockKind.BOTTLENECK, List.of(2, 2, 2, 2)),
            new Row("resnet200", BlockKind.BOTTLENECK, List.of(3, 24, 36, 3)));

    /** {@code groups} and {@code width_per_group} in torchvision's resnet.py. */
    private static final List<Wide> WIDE = List.of(
            new Wide("resnext50_32x4d", "resnet50", 32, 4),
            new Wide("resnext101_32x8d", "resnet101", 32, 8),
            new Wide("resnext101_64x4d", "resnet101", 64, 4),
            new Wide("wide_resnet50_2", "resnet50", 1, 128),
            new Wide("wide_resnet101_2", "resnet101", 1, 128));

    /** Those that the table lists under a name with a suffix of their own. */
    private static final List<String> SUFFIXED = List.of(
            "resnet50-v1",
            "resnet101-v1",
            "resnet152-v1",
            "resnet34-a",
            "resnet34-c",
            "plain18",
            "plain34",
            "resnet18d",
            "resnet26d",
            "resnet34d",
            "resnet50d",
            "resnet101d",
            "resnet152d",
            "resnet200d");

    /** Plain or residual, depth, timm's d, stride in the first 1x1, shortcut option. */
    private static final Pattern NAME = Pattern.compile("(resnet|plain)(\\d+)(d?)(-v1)?(-[ac])?");

    private ImageNetVariants() {}

    /** Those that are listed. */
    static List<ResNetSpec> all() {
        List<ResNetSpec> specs = new ArrayList<>();
        PAPER.forEach(row -> specs.add(spec(row)));
        WIDE.forEach(wide -> named(wide.base())
                .map(base ->
                        base.withName(wide.name()).withBlock(base.block().withGroups(wide.groups(), wide.baseWidth())))
                .ifPresent(specs::add));
        SUFFIXED.forEach(name -> named(name).ifPresent(specs::add));
        return specs;
    }

    /** The network of a depth of the tables with these suffixes. */
    static Optional<ResNetSpec> named(String name) {
        Matcher parts = NAME.matcher(name);
        return parts.matches() ? suffixed(name, parts) : Optional.empty();
    }

    private static Optional<ResNetSpec> suffixed(String name, Matcher parts) {
        boolean d = Objects.equals(parts.group(3), "d");
        boolean first1x1 = parts.group(4) != null;
        Optional<Row> row = rows(d).stream()
                .filter(candidate -> candidate.name().equals("resnet" + parts.group(2)))
                .findFirst();
        boolean plain = Objects.equals(parts.group(1), "plain");
        String option = parts.group(5);
        // Only bottlenecks have a 1x1 to stride in, and only the paper's residual networks have its options.
        if (row.isEmpty()
                || first1x1 && (d || row.get().kind() == BlockKind.BASIC)
                || option != null && (d || plain)
                || plain && d) {
            return Optional.empty();
        }
        ResNetSpec spec = spec(row.get()).withName(name);
        BlockSpec block = spec.block();
        if (first1x1) {
            block = block.withStridePlacement(StridePlacement.FIRST_1X1);
        }
        if (option != null) {
            block = block.withShortcut(option.equals("-a") ? Shortcut.ZERO_PAD : Shortcut.ALL_PROJECTION);
        }
        if (plain) {
            block = block.withShortcut(Shortcut.NONE);
        }
        spec = spec.withBlock(d ? block.withProjection(Projection.POOLED) : block);
        return Optional.of(d ? spec.withStem(StemSpec.DEEP) : spec);
    }

    private static List<Row> rows(boolean timm) {
        List<Row> rows = new ArrayList<>(PAPER);
        if (timm) {
            rows.addAll(TIMM);
        }
        return rows;
    }

    private static ResNetSpec spec(Row row) {
        return new ResNetSpec(
                row.name(),
                InputSpec.IMAGENET,
                StemSpec.IMAGENET,
                BlockSpec.dense(row.kind(), Shortcut.PROJECTION),
                stages(row.kind(), row.blocks(), StemSpec.IMAGENET.width()),
                HeadSpec.logits(Variants.IMAGENET_CLASSES),
                ConvBias.NONE,
                ResNetSpec.TORCH_BATCH_NORM_EPSILON);
    }

    /** Each stage doubles the width and, but for the first, halves the resolution. */
    static List<StageSpec> stages(BlockKind kind, List<Integer> blocks, int width) {
        return IntStream.range(0, blocks.size())
                .mapToObj(i -> StageSpec.of(kind, blocks.get(i), width << i, i == 0 ? 1 : 2))
                .toList();
    }
}
