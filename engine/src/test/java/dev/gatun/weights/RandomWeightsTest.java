package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {
    private static final List<TensorSpec> SPECS = List.of(
            new TensorSpec("conv1.weight", Shape.of(64, 32, 3, 3), Role.CONV_WEIGHT),
            new TensorSpec("conv2.weight", Shape.of(64, 32, 3, 3), Role.CONV_WEIGHT),
            new TensorSpec("conv2.bias", Shape.of(64), Role.CONV_BIAS),
            new TensorSpec("bn1.weight", Shape.of(1000), Role.BN_WEIGHT),
            new TensorSpec("bn1.bias", Shape.of(1000), Role.BN_BIAS),
            new TensorSpec("bn1.running_mean", Shape.of(1000), Role.BN_MEAN),
            new TensorSpec("bn1.running_var", Shape.of(1000), Role.BN_VARIANCE),
            new TensorSpec("fc.weight", Shape.of(100, 400), Role.INNER_PRODUCT_WEIGHT),
            new TensorSpec("fc.bias", Shape.of(1000), Role.INNER_PRODUCT_BIAS));

    private final RandomWeights he = RandomWeights.he(SPECS, 1);

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double mean = mean(values);
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / values.length);
    }

    private static float max(float[] values) {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    private static float min(float[] values) {
        float min = Float.POSITIVE_INFINITY;
        for (float value : values) {
            min = Math.min(min, value);
        }
        return min;
    }

    @Test
    void drawsConvolutionsFromHesNormalDistribution() {
        float[] weights = he.read("conv1.weight");
        double deviation = Math.sqrt(2.0 / (64 * 9));
        assertThat(mean(weights)).isCloseTo(0, within(deviation * 0.03));
        assertThat(deviation(weights)).isCloseTo(deviation, within(deviation * 0.03));
        // Of 18,432 normal values about 50 lie beyond three deviations and hardly any beyond six.
        assertThat(max(weights)).isBetween((float) (3 * deviation), (float) (6 * deviation));
    }

    @Test
    void drawsInnerProductsAndBiasesUniformlyWithinTheFanIn() {
        assertThat(max(he.read("fc.weight"))).isBetween(0.0499f, 0.05f);
        assertThat(min(he.read("fc.weight"))).isBetween(-0.05f, -0.0499f);
        assertThat(deviation(he.read("fc.weight"))).isCloseTo(0.05 / Math.sqrt(3), within(1e-3));
        assertThat(max(he.read("fc.bias"))).isBetween(0.049f, 0.05f);
        float bound = (float) (1 / Math.sqrt(32 * 9));
        assertThat(max(he.read("conv2.bias"))).isBetween(0.8f * bound, bound);
    }

    @Test
    void leavesBatchNormalisationsTheIdentity() {
        assertThat(he.read("bn1.weight")).containsOnly(1);
        assertThat(he.read("bn1.bias")).containsOnly(0);
        assertThat(he.read("bn1.running_mean")).containsOnly(0);
        assertThat(he.read("bn1.running_var")).containsOnly(1);
    }

    @Test
    void drawsBatchNormalisationsThatAreNotTheIdentityIfAsked() {
        RandomWeights trained = RandomWeights.trainedLike(SPECS, 1);
        assertThat(min(trained.read("bn1.running_var"))).isBetween(0.5f, 0.51f);
        assertThat(max(trained.read("bn1.running_var"))).isBetween(1.49f, 1.5f);
        assertThat(min(trained.read("bn1.weight"))).isBetween(0.3f, 0.31f);
        assertThat(max(trained.read("bn1.bias"))).isBetween(0.19f, 0.2f);
        assertThat(trained.read("bn1.running_mean")).isNotEqualTo(trained.read("bn1.bias"));
        assertThat(trained.read("conv1.weight")).isEqualTo(he.read("conv1.weight"));
    }

    @Test
    void isTheSameOnEveryMachine() {
        // Computed by a second implementation, in Python; the other number is SplitMix64's published test vector.
        assertThat(he.read("conv1.weight")).startsWith(FIRST_OF_CONV1);
        assertThat(new SplitMix64(1234567).next()).isEqualTo(6457827717110365317L);
    }

    /** First values of {@code conv1.weight} for seed 1. */
    private static final float[] FIRST_OF_CONV1 = {0.051289115f, -0.020312792f, 0.05631026f, -0.019497715f};

    @Test
    void drawsEachTensorFromItsOwnStream() {
        assertThat(he.read("conv2.weight")).isNotEqualTo(he.read("conv1.weight"));
        assertThat(RandomWeights.he(SPECS, 2).read("conv1.weight")).isNotEqualTo(he.read("conv1.weight"));
        assertThat(RandomWeights.he(SPECS.subList(1, 2), 1).read("conv2.weight"))
                .isEqualTo(he.read("conv2.weight"));
        assertThat(he.read("conv1.weight")).isEqualTo(he.read("conv1.weight"));
        assertThat(he.origin()).isEqualTo("random (seed 1)");
    }

    @Test
    void refusesUnknownNamesAndBiasesWithoutKernel() {
        assertThatThrownBy(() -> he.read("x")).isInstanceOf(IllegalArgumentException.class);
        RandomWeights lonely = RandomWeights.he(SPECS.subList(2, 3), 1);
        assertThatThrownBy(() -> lonely.read("conv2.bias"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv2.weight");
    }
}
