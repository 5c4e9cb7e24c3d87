package dev.gatun.spec;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Keras Applications, keras/applications/resnet.py and resnet_v2.py. */
final class KerasVariants {
    private record Row(int depth, List<Integer> blocks) {}

    private static final List<Row> ROWS = List.of(
            new Row(50, List.of(3, 4, 6, 3)), new Row(101, List.of(3, 4, 23, 3)), new Row(152, List.of(3, 8, 36, 3)));

    private static final int WIDTH = 64;

    private static final double EPSILON = 1.001e-5;

    private KerasVariants() {}

    static List<ResNetSpec> all() {
        return Stream.concat(ROWS.stream().map(KerasVariants::v1), ROWS.stream().map(KerasVariants::v2))
                .toList();
    }

    /** {@code stack1} of {@code block1}: as the paper has it, but with biases. */
    private static ResNetSpec v1(Row row) {
        return new ResNetSpec(
                "resnet" + row.depth() + "-keras",
                InputSpec.IMAGENET.withScaling(InputScaling.CAFFE),
                StemSpec.IMAGENET,
                BlockSpec.dense(BlockKind.BOTTLENECK, Shortcut.PROJECTION)
                        .withStridePlacement(StridePlacement.FIRST_1X1),
                ImageNetVariants.stages(BlockKind.BOTTLENECK, row.blocks(), WIDTH),
                HeadSpec.logits(Variants.IMAGENET_CLASSES),
                ConvBias.ALL,
                EPSILON);
    }

    /** {@code stack2} of {@code block2}: pre-activation, and the last block of each stage but the last strides. */
    private static ResNetSpec v2(Row row) {
        int stages = row.blocks().size();
        return new ResNetSpec(
                "resnet" + row.depth() + "v2-keras",
                InputSpec.IMAGENET.withScaling(InputScaling.MINUS_ONE_TO_ONE),
                new StemSpec(List.of(WIDTH), 7, 2, false, StemPool.ZERO_PADDED_MAX),
                BlockSpec.dense(BlockKind.BOTTLENECK, Shortcut.PROJECTION_OR_SUBSAMPLING)
                        .withPreactivation()
                        .withProjection(Projection.PREACTIVATED),
                IntStream.range(0, stages)
                        .mapToObj(i -> StageSpec.of(
                                        BlockKind.BOTTLENECK, row.blocks().get(i), WIDTH << i, i + 1 < stages ? 2 : 1)
                                .withStrided(StridedBlock.LAST))
                        .toList(),
                HeadSpec.logits(Variants.IMAGENET_CLASSES),
                ConvBias.UNNORMALIZED,
                EPSILON);
    }
}
