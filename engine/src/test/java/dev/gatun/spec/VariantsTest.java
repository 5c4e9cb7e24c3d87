package dev.gatun.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.graph.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantsTest {
    @Test
    void listsTheFamilyInTheOrderOfTheLiterature() {
        assertThat(Variants.all().keySet())
                .startsWith("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
                .contains("resnext101_64x4d", "resnet1202-cifar10", "plain56-cifar10", "resnet8-mlperf-tiny")
                .endsWith("resnet50v2-keras", "resnet101v2-keras", "resnet152v2-keras")
                .hasSize(51);
        Variants.all().forEach((name, spec) -> assertThat(spec.name()).isEqualTo(name));
    }

    @Test
    void namesWhatThereIsWhenAskedForWhatThereIsNot() {
        assertThatThrownBy(() -> Variants.named("resnet51"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'resnet51'", "resnet50", "resnet1202-cifar10");
    }

    /** {@code num_params} and {@code _ops} (in units of 1e9) of the weights' metadata in torchvision's resnet.py. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512, 1.814",
        "resnet34, 21797672, 3.664",
        "resnet50, 25557032, 4.089",
        "resnet101, 44549160, 7.801",
        "resnet152, 60192808, 11.514",
        "resnext50_32x4d, 25028904, 4.23",
        "resnext101_32x8d, 88791336, 16.414",
        "resnext101_64x4d, 83455272, 15.46",
        "wide_resnet50_2, 68883240, 11.398",
        "wide_resnet101_2, 126886696, 22.753"
    })
    void costsWhatTorchvisionCounts(String name, long parameters, double giga) {
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named(name)), 224, 224);
        assertThat(cost.parameters()).isEqualTo(parameters);
        assertThat(cost.multiplyAccumulates() / 1e9).isCloseTo(giga, within(0.00051));
    }

    /** He et al. 2016, table 1: multiply-adds of the networks with the stride in the first 1x1, which the table calls FLOPs. */
    @ParameterizedTest
    @CsvSource({"resnet50-v1, 25557032, 3.8", "resnet101-v1, 44549160, 7.6", "resnet152-v1, 60192808, 11.3"})
    void costsLessWithTheStrideInTheFirst1x1(String name, long parameters, double giga) {
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named(name)), 224, 224);
        assertThat(cost.parameters()).isEqualTo(parameters);
        assertThat(cost.multiplyAccumulates() / 1e9).isCloseTo(giga, within(0.07));
    }

    /** He et al. 2016, table 6, in millions, as precise as the table is. */
    @ParameterizedTest
    @CsvSource({
        "plain20-cifar10, 0.27, 0.005",
        "plain56-cifar10, 0.85, 0.005",
        "resnet20-cifar10, 0.27, 0.005",
        "resnet32-cifar10, 0.46, 0.005",
        "resnet44-cifar10, 0.66, 0.005",
        "resnet56-cifar10, 0.85, 0.005",
        "resnet110-cifar10, 1.7, 0.05",
        "resnet1202-cifar10, 19.4, 0.05"
    })
    void hasAsManyParametersAsThePaperSays(String name, double million, double precision) {
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named(name)), 32, 32);
        assertThat(cost.parameters() / 1e6).isCloseTo(million, within(precision));
    }

    /** Counted by hand from the section 4.2 table: each stage has the same cost but for the first block of the next. */
    @Test
    void costsAsManyMultipliesAsCountedByHand() {
        long stem = 32 * 32 * 16 * 27L;
        long stage1 = 6 * 32 * 32 * 16 * 16 * 9L;
        long stage2 = 16 * 16 * 32 * 9L * (16 + 5 * 32);
        long stage3 = 8 * 8 * 64 * 9L * (32 + 5 * 64);
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named("resnet20-cifar10")), 32, 32);
        assertThat(cost.multiplyAccumulates()).isEqualTo(stem + stage1 + stage2 + stage3 + 640);
    }

    /**
     * {@code Total params} and {@code Trainable params} that Keras' {@code summary()} prints: of Keras Applications (25.6 M, 44.7 M, 60.4 M in
     * its table), of its CIFAR examples, and of MLPerf-tiny's ResNet-8.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet50-keras, 25636712, 25583592",
        "resnet101-keras, 44707176, 44601832",
        "resnet152-keras, 60419944, 60268520",
        "resnet50v2-keras, 25613800, 25568360",
        "resnet101v2-keras, 44675560, 44577896",
        "resnet152v2-keras, 60380648, 60236904",
        "resnet20v1-keras-cifar10, 274442, 273066",
        "resnet20v2-keras-cifar10, 574090, 570602",
        "resnet29v2-keras-cifar10, 849002, 843786",
        "resnet8-mlperf-tiny, 78666, 78186"
    })
    void hasAsManyParametersAsKerasPrints(String name, long total, long trainable) {
        Graph graph = GraphBuilder.build(Variants.named(name));
        assertThat(graph.parameters().stream()
                        .mapToLong(tensor -> tensor.shape().elements())
                        .sum())
                .isEqualTo(total);
        assertThat(GraphCost.of(graph, 224, 224).parameters()).isEqualTo(trainable);
    }

    /** Params (M) and GMACs of timm's model cards; those count poolings and normalisations as well. ResNet-200d is run at 256. */
    @ParameterizedTest
    @CsvSource({
        "resnet18d, 224, 11.7, 2.1",
        "resnet26d, 224, 16.0, 2.6",
        "resnet34d, 224, 21.8, 3.9",
        "resnet50d, 224, 25.6, 4.4",
        "resnet101d, 224, 44.6, 8.1",
        "resnet152d, 224, 60.2, 11.8",
        "resnet200d, 256, 64.7, 20.0"
    })
    void costsWhatTimmCounts(String name, int size, double million, double giga) {
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named(name)), size, size);
        assertThat(cost.parameters() / 1e6).isCloseTo(million, within(0.05));
        assertThat(cost.multiplyAccumulates() / 1e9).isCloseTo(giga, within(0.1));
    }

    /** He et al. 2016, table 1 (multiply-adds of the plain networks are those of the residual ones) and section 3.3: A < B < C. */
    @Test
    void costsWhatTheShortcutOptionAdds() {
        long a = parameters("resnet34-a");
        assertThat(parameters("plain34")).isEqualTo(a);
        assertThat(parameters("resnet34") - a).isEqualTo(64 * 128 + 128 * 256 + 256 * 512 + 2 * (128 + 256 + 512));
        assertThat(parameters("resnet34-c")).isGreaterThan(parameters("resnet34"));
        assertThat(GraphCost.of(GraphBuilder.build(Variants.named("plain34")), 224, 224)
                                .multiplyAccumulates()
                        / 1e9)
                .isCloseTo(3.6, within(0.05));
        assertThat(parameters("resnet20-cifar10-b") - parameters("resnet20-cifar10"))
                .isEqualTo(16 * 32 + 32 * 64 + 2 * (32 + 64));
    }

    /** Dilation keeps the parameters and the size of the last maps; torchvision's {@code replace_stride_with_dilation}. */
    @Test
    void dilatesWithoutOtherParameters() {
        ResNetSpec spec = Variants.named("resnet50");
        for (int stride : new int[] {8, 16, 32}) {
            Graph graph = GraphBuilder.build(spec.withOutputStride(stride));
            assertThat(graph.parameters()).isEqualTo(GraphBuilder.build(spec).parameters());
            assertThat(graph.shapes(1, 224, 224))
                    .containsEntry("layer4.2.relu", Shape.of(1, 2048, 224 / stride, 224 / stride));
        }
        Graph graph = GraphBuilder.build(spec.withOutputStride(8));
        assertThat(dilation(graph, "layer3.0.conv2")).isOne();
        assertThat(dilation(graph, "layer3.1.conv2")).isEqualTo(2);
        assertThat(dilation(graph, "layer4.0.conv2")).isEqualTo(2);
        assertThat(dilation(graph, "layer4.1.conv2")).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet62-cifar10, 62",
        "resnet20-cifar100-b, 20",
        "plain110-cifar100, 110",
        "resnet8-cifar10, 8",
        "resnet56v1-keras-cifar10, 56",
        "resnet110v2-keras-cifar100, 110"
    })
    void findsAnyDepthOfTheFormulas(String name, int depth) {
        ResNetSpec spec = Variants.named(name);
        assertThat(spec.name()).isEqualTo(name);
        assertThat(spec.classes()).isEqualTo(name.contains("cifar100") ? 100 : 10);
        // Convolutions that are not on a shortcut, and the inner product.
        assertThat(GraphBuilder.build(spec).parameters().stream()
                        .filter(tensor ->
                                tensor.shape().rank() > 1 && !tensor.name().contains("downsample"))
                        .count())
                .isEqualTo(depth);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet21-cifar10",
                "resnet2-cifar10",
                "resnet99999999999-cifar10",
                "resnet10004-cifar10",
                "plain20-cifar10-b",
                "resnet20v2-keras-cifar20",
                "resnet21v2-keras-cifar10",
                "resnet18-v1",
                "resnet26",
                "plain50d",
                "plain34-a",
                "resnet50d-c",
                "resnet50-v1-b",
                ""
            })
    void knowsNoOtherNames(String name) {
        assertThat(Variants.find(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50, TORCHVISION",
        "wide_resnet101_2, TORCHVISION",
        "resnext50_32x4d, TORCHVISION",
        "resnet50-v1, IMAGENET",
        "resnet34-c, IMAGENET",
        "plain18, IMAGENET",
        "resnet26d, TIMM",
        "resnet20-cifar10-b, CIFAR",
        "plain62-cifar100, CIFAR",
        "resnet29v2-keras-cifar10, KERAS_CIFAR",
        "resnet8-mlperf-tiny, MLPERF_TINY",
        "resnet152v2-keras, KERAS_APPLICATIONS"
    })
    void isOfAFamily(String name, Family family) {
        assertThat(Family.of(Variants.named(name))).contains(family);
    }

    @Test
    void hasAFamilyAndTheDepthInItsName() {
        Variants.all().forEach((name, spec) -> {
            assertThat(Family.of(spec)).as(name).isPresent();
            assertThat(name).containsPattern("^[a-z_]+" + spec.depth() + "(?!\\d)");
        });
        assertThat(Family.of(Variants.named("resnet50").withName("mine"))).isEmpty();
    }

    @Test
    void tellsItsOptions() {
        assertThat(Variants.named("resnext101_32x8d").options())
                .containsExactly(
                        "bottleneck blocks 3-4-23-3",
                        "32 groups of 8",
                        "stride in the 3x3",
                        "option B: projection shortcuts where dimensions change",
                        "epsilon 1.0E-5");
        assertThat(Variants.named("resnet20-cifar10").options())
                .containsExactly("basic blocks 3-3-3", "option A: zero-padded identity shortcuts", "epsilon 1.0E-5");
        assertThat(Variants.named("resnet50v2-keras").options())
                .contains(
                        "stride in the 3x3",
                        "pre-activation",
                        "projections of pre-activations",
                        "biases where no normalisation follows",
                        "epsilon 1.001E-5");
        assertThat(Variants.named("resnet50d").withOutputStride(8).options())
                .contains("deep stem", "average pooling ahead of projections", "dilated");
        assertThat(Variants.named("wide_resnet50_2").options()).contains("width per group 128");
        // No two rows of the same depth and classes are told apart by their names alone.
        assertThat(Variants.all().values().stream()
                        .map(spec -> spec.depth() + " " + spec.classes() + " " + spec.input() + spec.options()))
                .doesNotHaveDuplicates();
    }

    private static long parameters(String name) {
        return GraphCost.of(GraphBuilder.build(Variants.named(name)), 224, 224).parameters();
    }

    private static int dilation(Graph graph, String conv) {
        return ((Node.Conv) graph.node(conv)).window().dilation();
    }
}
