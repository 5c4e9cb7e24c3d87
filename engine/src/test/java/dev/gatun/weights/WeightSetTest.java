package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import dev.gatun.weights.WeightMismatchException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightSetTest {
    private static final List<TensorSpec> EXPECTED = List.of(
            new TensorSpec("conv1.weight", Shape.of(2, 1, 1, 1), Role.CONV_WEIGHT),
            new TensorSpec("bn1.running_var", Shape.of(2), Role.BN_VARIANCE),
            new TensorSpec("bn1.running_mean", Shape.of(2), Role.BN_MEAN),
            new TensorSpec("fc.weight", Shape.of(1, 2), Role.INNER_PRODUCT_WEIGHT));

    private static MemoryWeights.Builder good() {
        return MemoryWeights.builder("/tmp/w.pth")
                .tensor("module.conv1.weight", Shape.of(2, 1, 1, 1), 1, 2)
                .tensor("module.bn1.running_var", Shape.of(2), 0, 2)
                .tensor("module.bn1.num_batches_tracked", Shape.of(), 7)
                .tensor("module.bn1.running_mean", Shape.of(2), -1, -2);
    }

    @Test
    void givesParametersUnderTheNamesOfTheSpecAndSkipsBatchCounts() {
        MemoryWeights source =
                good().tensor("module.linear.weight", Shape.of(1, 2), 3, 4).build();
        WeightSet set = WeightSet.check(source, EXPECTED, NameMapping.TORCH);
        assertThat(set.origin()).isEqualTo("/tmp/w.pth");
        assertThat(set.get("conv1.weight")).containsExactly(1, 2);
        assertThat(set.get("fc.weight")).containsExactly(3, 4);
        assertThat(set.get("bn1.running_mean")).containsExactly(-1, -2);
        assertThatThrownBy(() -> set.get("bn1.num_batches_tracked")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listsAllThatIsWrongAtOnce() {
        MemoryWeights source = MemoryWeights.builder("/tmp/w.pth")
                .tensor("conv1.weight", Shape.of(1, 2, 1, 1), 1, 2)
                .tensor("bn1.running_var", Shape.of(2), -1e-3f, Float.NaN)
                .tensor("bn1.running_mean", Shape.of(2), 1, Float.POSITIVE_INFINITY)
                .tensor("extra", Shape.of(3), 1, 2, 3)
                .build();
        WeightMismatchException e = catchThrowableOfType(
                WeightMismatchException.class, () -> WeightSet.check(source, EXPECTED, NameMapping.IDENTITY));
        assertThat(e)
                .hasMessage("/tmp/w.pth does not fit the model; 1 missing: fc.weight [1, 2];"
                        + " 1 not part of the model: extra F32[3];"
                        + " 1 of another shape: conv1.weight [1, 2, 1, 1] (expected [2, 1, 1, 1]);"
                        + " 2 not finite: bn1.running_var (1 of 2), bn1.running_mean (1 of 2);"
                        + " 1 negative, but a variance: bn1.running_var (1 of 2)");
        assertThat(e.problems())
                .containsOnlyKeys(Kind.MISSING, Kind.EXTRA, Kind.SHAPE, Kind.NON_FINITE, Kind.NEGATIVE_VARIANCE);
    }

    @Test
    void reportsTypesThatAreNotReadAndTwoTensorsForOneName(@TempDir Path directory) {
        Path file = Fixtures.write(
                directory,
                Fixtures.safetensors(
                        "{\"fc.weight\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[0,16]},"
                                + "\"linear.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[16,24]}}",
                        new byte[24]));
        try (WeightSource source = WeightFiles.open(file)) {
            assertThatThrownBy(() -> WeightSet.check(source, EXPECTED.subList(3, 4), NameMapping.TORCH))
                    .isInstanceOf(WeightMismatchException.class)
                    .hasMessageContaining("1 found twice: fc.weight (fc.weight and linear.weight)")
                    .hasMessageContaining("1 of a type that is not read: fc.weight F64");
        }
    }

    @Test
    void capsTheMessageButNotTheList() {
        MemoryWeights.Builder builder = MemoryWeights.builder("many");
        IntStream.range(0, 51).forEach(i -> builder.tensor("extra" + i, Shape.of(), 0));
        WeightMismatchException e = catchThrowableOfType(
                WeightMismatchException.class, () -> WeightSet.check(builder.build(), List.of(), NameMapping.IDENTITY));
        assertThat(e)
                .hasMessageContaining("51 not part of the model")
                .hasMessageEndingWith("extra19 F32[], ... and 31 more");
        assertThat(e.problems().get(Kind.EXTRA)).hasSize(51);
    }

    @Test
    void outlivesItsSource() {
        WeightSet set;
        try (WeightSource source = RandomWeights.he(EXPECTED, 1)) {
            set = WeightSet.check(source, EXPECTED, NameMapping.IDENTITY);
        }
        assertThat(set.get("bn1.running_var")).containsExactly(1, 1);
    }
}
