package dev.gatun.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.onednn.DataType;
import dev.gatun.plan.StepCost;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LayerProfileTest {
    /** 100 multiply-accumulates a nanosecond; 50 bytes of up to 1000 and 10 of more. */
    private static final Peak PEAK = new Peak("loop", OptionalDouble.of(100));

    private static final ReadBandwidth READ =
            new ReadBandwidth("loop", 1000, OptionalDouble.of(50), OptionalDouble.of(10));
    private static final Peak UNKNOWN = new Peak("no loop", OptionalDouble.empty());

    private static LayerProfile layer(long macs, long bytes, double nanos, int threads) {
        StepCost cost =
                new StepCost("conv", "jit", DataType.F32, macs, bytes / 2, bytes / 4, bytes - bytes / 2 - bytes / 4);
        return LayerProfile.of(cost, 1, nanos, threads, PEAK, READ);
    }

    @Test
    void multiplyAccumulatesBoundWhatHasManyOfThem() {
        LayerProfile layer = layer(20_000, 800, 400, 1);
        assertThat(layer.boundNanos()).hasValue(200);
        assertThat(layer.computeBound()).isTrue();
        assertThat(layer.efficiency()).hasValue(0.5);
        assertThat(layer.gmacs()).isEqualTo(50);
        assertThat(layer.gigabytes()).isEqualTo(2);
        assertThat(layer.intensity()).isEqualTo(25);
    }

    @Test
    void bytesBoundWhatHasFewMultiplyAccumulates() {
        LayerProfile inL2 = layer(100, 1000, 80, 1);
        assertThat(inL2.boundNanos()).hasValue(20);
        assertThat(inL2.computeBound()).isFalse();
        LayerProfile beyond = layer(100, 2000, 400, 1);
        assertThat(beyond.boundNanos()).hasValue(200);
        assertThat(beyond.efficiency()).hasValue(0.5);
    }

    @Test
    void threadsBringTheirMultipliersAndTheirCaches() {
        assertThat(layer(20_000, 800, 400, 2).boundNanos()).hasValue(100);
        assertThat(layer(100, 2000, 400, 2).boundNanos()).hasValue(20);
    }

    @Test
    void partsOfABatchAreOneLayerWithTheSameWeights() {
        StepCost part = new StepCost("conv", "jit", DataType.F32, 100, 400, 200, 300);
        StepCost both = part.plus(part);
        assertThat(both).isEqualTo(new StepCost("conv", "jit", DataType.F32, 200, 800, 400, 300));
        assertThat(part.sameLayer(both)).isTrue();
        assertThat(part.sameLayer(new StepCost("conv", "ref", DataType.F32, 100, 400, 200, 300)))
                .isFalse();
        assertThat(LayerProfile.of(both, 2, 60, 1, PEAK, READ).boundNanos())
                .as("a step's 900 bytes fit in L2")
                .hasValue(30);
        assertThat(LayerProfile.of(both, 1, 60, 1, PEAK, READ).boundNanos()).hasValue(150);
    }

    @Test
    void whatTheMachineCanDoMayBeUnknown() {
        StepCost conv = new StepCost("conv", "jit", DataType.F32, 1000, 8, 8, 8);
        StepCost pool = new StepCost("pool", "jit", DataType.F32, 0, 16, 34, 0);
        assertThat(LayerProfile.of(conv, 1, 10, 1, UNKNOWN, READ).efficiency()).isEmpty();
        assertThat(LayerProfile.of(pool, 1, 10, 1, UNKNOWN, READ).boundNanos()).hasValue(1);
        ReadBandwidth unknown = new ReadBandwidth("", 0, OptionalDouble.empty(), OptionalDouble.empty());
        assertThat(LayerProfile.of(pool, 1, 10, 1, PEAK, unknown).boundNanos()).isEmpty();
    }

    @Test
    void profileAddsUpItsLayers() {
        List<LayerProfile> known = List.of(layer(20_000, 800, 400, 1), layer(100, 1000, 80, 1));
        Profile profile = new Profile(1, 1, 5, 500, known, Map.of(DataType.F32, PEAK), READ);
        assertThat(profile.macs()).isEqualTo(20_100);
        assertThat(profile.layerNanos()).isEqualTo(480);
        assertThat(profile.boundNanos()).hasValue(220);
        LayerProfile unknown = new LayerProfile(known.getFirst().cost(), 1, 1, OptionalDouble.empty(), false);
        assertThat(new Profile(1, 1, 5, 500, List.of(unknown), Map.of(), READ).boundNanos())
                .isEmpty();
    }
}
