package dev.gatun.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariantsTest {
    @Test
    void listsTheFamilyInTheOrderOfTheLiterature() {
        assertThat(Variants.all().keySet())
                .containsExactly(
                        "resnet18",
                        "resnet34",
                        "resnet50",
                        "resnet101",
                        "resnet152",
                        "resnet50-v1",
                        "resnet101-v1",
                        "resnet152-v1",
                        "resnet20-cifar10",
                        "resnet32-cifar10",
                        "resnet44-cifar10",
                        "resnet56-cifar10",
                        "resnet110-cifar10",
                        "resnet1202-cifar10");
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
        "resnet152, 60192808, 11.514"
    })
    void costsWhatTorchvisionCounts(String name, long parameters, double giga) {
        GraphCost cost = GraphCost.of(GraphBuilder.build(Variants.named(name)), 224, 224);
        assertThat(cost.parameters()).isEqualTo(parameters);
        assertThat(cost.multiplyAccumulates() / 1e9).isCloseTo(giga, within(0.0005));
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
}
