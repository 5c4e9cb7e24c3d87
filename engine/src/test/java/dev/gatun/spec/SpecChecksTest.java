package dev.gatun.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SpecChecksTest {
    private static final BlockSpec BASIC = BlockSpec.dense(BlockKind.BASIC, Shortcut.PROJECTION);

    @Test
    void rejectsNumbersThatAreNotPositive() {
        assertRejected(() -> stage(0, 64, 1), "found 0, 64, 64 and 1");
        assertRejected(() -> stage(1, 0, 1), "found 1, 0, 0 and 1");
        assertRejected(() -> stage(1, 64, 0), "found 1, 64, 64 and 0");
        assertRejected(() -> stage(1, 64, 1).withOutputWidth(0), "found 1, 64, 0 and 1");
        assertRejected(() -> HeadSpec.logits(0), "found 0");
        assertRejected(() -> new InputSpec(0, 32), "found 0 and 32");
        assertRejected(() -> new InputSpec(3, 0), "found 3 and 0");
        assertRejected(() -> new InputSpec(3, 32).withMultiple(0), "found 32 and 0");
        assertRejected(() -> new InputSpec(3, 32).withMultiple(5), "found 32 and 5");
        assertRejected(() -> new StemSpec(0, 7, 2, StemPool.MAX), "found [0] and 2");
        assertRejected(() -> new StemSpec(64, 7, 0, StemPool.MAX), "found [64] and 0");
        assertRejected(() -> new StemSpec(List.of(), 7, 1, true, StemPool.MAX), "found [] and 1");
        assertRejected(() -> block(BlockKind.BOTTLENECK, 0, 64), "found 0 and 64");
        assertRejected(() -> block(BlockKind.BOTTLENECK, 1, 0), "found 1 and 0");
    }

    @Test
    void rejectsEvenStemKernels() {
        assertRejected(() -> new StemSpec(64, 4, 2, StemPool.MAX), "must be odd, found 4");
    }

    @Test
    void rejectsGroupsAndWidthsInBasicBlocks() {
        assertRejected(() -> block(BlockKind.BASIC, 2, 64), "only bottleneck blocks can differ");
        assertRejected(() -> block(BlockKind.BASIC, 1, 128), "only bottleneck blocks can differ");
    }

    @Test
    void rejectsNetworksWithoutStages() {
        assertRejected(() -> network(List.of(), 1e-5), "odd has no stages");
    }

    @Test
    void rejectsEpsilonsThatAreNoSmallNumbers() {
        List<StageSpec> stages = List.of(stage(1, 64, 1));
        assertRejected(() -> network(stages, -1e-5), "odd: epsilon");
        assertRejected(() -> network(stages, Double.NaN), "found NaN");
        assertRejected(() -> network(stages, Double.POSITIVE_INFINITY), "found Infinity");
    }

    @Test
    void widensAsTorchvisionDoes() {
        // resnext50_32x4d and wide_resnet50_2: groups and width_per_group in torchvision's resnet.py
        assertThat(block(BlockKind.BOTTLENECK, 32, 4).innerWidth(64)).isEqualTo(128);
        assertThat(block(BlockKind.BOTTLENECK, 32, 4).innerWidth(512)).isEqualTo(1024);
        assertThat(block(BlockKind.BOTTLENECK, 1, 128).innerWidth(64)).isEqualTo(128);
        assertThat(BASIC.innerWidth(64)).isEqualTo(64);
    }

    @Test
    void changesTheClassesAlone() {
        ResNetSpec spec = Variants.named("resnet50");
        ResNetSpec fewer = spec.withClasses(7);
        assertThat(fewer.classes()).isEqualTo(7);
        assertThat(fewer.withClasses(1000)).isEqualTo(spec);
        assertThat(fewer.features()).isEqualTo(2048);
    }

    @Test
    void keepsActivationsButNotBackbonesWhenTheClassesChange() {
        ResNetSpec spec = Variants.named("resnet18");
        ResNetSpec sigmoid = spec.withHead(new HeadSpec.Classes(5, Activation.SIGMOID));
        assertThat(sigmoid.withClasses(6).head()).isEqualTo(new HeadSpec.Classes(6, Activation.SIGMOID));
        ResNetSpec backbone = spec.withHead(new HeadSpec.Backbone(Features.PYRAMID));
        assertThat(backbone.classes()).isZero();
        assertThat(backbone.withClasses(1000)).isEqualTo(spec);
    }

    @Test
    void rejectsSamePaddingOfSizesThatItIsNotFor() {
        BlockSpec same = BASIC.withPadding(Padding.SAME);
        ResNetSpec odd = network(List.of(stage(1, 16, 1), stage(1, 32, 2), stage(1, 64, 2)), 1e-5);
        assertRejected(() -> odd.withBlock(same), "odd pads as SAME and reduces images by 4");
        InputSpec input = Variants.named("resnet20v1-keras-cifar10").input();
        input.require(64, 40);
        assertRejected(() -> input.require(64, 42), "images are 64x42, expected multiples of 4");
    }

    @Test
    void rejectsPreactivatedProjectionsOfOtherBlocks() {
        assertRejected(() -> BASIC.withProjection(Projection.PREACTIVATED), "needs preactivation blocks");
    }

    @Test
    void replacesStridesByDilationFromTheEnd() {
        ResNetSpec spec = Variants.named("resnet50");
        assertThat(spec.withOutputStride(32)).isEqualTo(spec);
        assertThat(spec.withOutputStride(16).stages().stream().map(StageSpec::dilated))
                .containsExactly(false, false, false, true);
        assertThat(spec.withOutputStride(8).stages().stream().map(StageSpec::dilated))
                .containsExactly(false, false, true, true);
        assertThat(spec.withOutputStride(8).withOutputStride(16)).isEqualTo(spec.withOutputStride(16));
        assertRejected(
                () -> spec.withOutputStride(12), "resnet50 cannot have output stride 12: its stem reduces images by 4");
        assertRejected(() -> spec.withOutputStride(2), "resnet50 cannot have output stride 2");
        assertRejected(() -> spec.withOutputStride(64), "resnet50 cannot have output stride 64");
    }

    @Test
    void findsPrecisionsByTheNamesUsersWrite() {
        assertThat(Precision.named("BF16")).isEqualTo(Precision.BF16);
        assertThat(Precision.F16).hasToString("f16");
        assertThat(Precision.named("int8")).isEqualTo(Precision.INT8);
        assertRejected(() -> Precision.named("int4"), "unknown precision 'int4', expected f32, bf16, f16 or int8");
    }

    @Test
    void rejectsShapesWithNegativeOrTooLargeExtents() {
        assertRejected(() -> Shape.of(1, -1), "shape [1, -1] has a negative extent");
        assertThatThrownBy(() -> Shape.of(1L << 32, 1L << 32).elements()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Shape.of(1L << 32).intDim(0)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void countsTheElementsOfShapes() {
        assertThat(Shape.of().elements()).isOne();
        assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
        assertThat(Shape.of(2, 0).elements()).isZero();
        assertThat(Shape.of(2, 3)).hasToString("[2, 3]");
        assertThat(Shape.of(2, 3).toArray()).containsExactly(2, 3);
    }

    private static BlockSpec block(BlockKind kind, int groups, int baseWidth) {
        return BlockSpec.dense(kind, Shortcut.PROJECTION).withGroups(groups, baseWidth);
    }

    private static StageSpec stage(int blocks, int width, int stride) {
        return StageSpec.of(BlockKind.BASIC, blocks, width, stride);
    }

    private static ResNetSpec network(List<StageSpec> stages, double epsilon) {
        return new ResNetSpec(
                "odd", InputSpec.CIFAR, StemSpec.CIFAR, BASIC, stages, HeadSpec.logits(10), ConvBias.NONE, epsilon);
    }

    private static void assertRejected(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
